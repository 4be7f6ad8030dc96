// register.mjs - a register that was kept elsewhere: what cannot be read is told, the rest is tried and entered
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, look, URL_ } from "./browser.mjs";

const ROWS = [
  ["Surname", "Given names", "Date of birth", "Nationality", "Telephone"],
  ["خوري", "مها", "3/2/1980", "Utopia", "00357 99 111 222"],
  ["Salem", "Nour", "31/02/1990", "UTO", ""],
  ["خوري", "مها", "1980-02-03", "UTO", ""],
  ["Rahal", '=HYPERLINK("x")', "1971-07-07", "UTO", ""],
];

export async function register(consul) {
  const path = join(process.env.SIFARA_SHOTS, "register.csv");
  const choose = async (text) => {
    writeFileSync(path, text);
    await consul.getByLabel("File", { exact: true }).setInputFiles(path);
  };
  await consul.goto(`${URL_}/en/desk/register`, { waitUntil: "networkidle" });
  await choose('a,b\n"c,d');
  await consul.getByText("Quotation marks do not fit in line 2").waitFor();
  await choose(ROWS.map((r) => r.map((c) => `"${c.replaceAll('"', '""')}"`).join(";")).join("\r\n"));
  await consul.getByText("register.csv · 4 rows").waitFor();
  expect((await consul.getByLabel("Date of birth").inputValue()) === "2", "columns are not known by their names");
  await consul.getByLabel("Which register is it").fill("Register of Athens, volume 3");
  await consul.getByRole("button", { name: "Try it" }).click();
  await consul.getByText("1 new, 0 entered, 1 known or twice, 2 refused").waitFor();
  await look(consul, "desk-register-tried-en");
  await consul.getByRole("button", { name: "Enter the new row" }).click();
  await consul.getByText("0 new, 1 entered, 1 known or twice, 2 refused").waitFor();
  // the same file again: nothing is new
  await consul.goto(`${URL_}/ar/desk/register`, { waitUntil: "networkidle" });
  await consul.getByLabel("الملف", { exact: true }).setInputFiles(path);
  await consul.getByLabel("ما هذا السجل").fill("Register of Athens, volume 3");
  await consul.getByRole("button", { name: "جرّب" }).click();
  await consul.getByText("أُدخل من قبل").first().waitFor();
  await look(consul, "desk-register-ar");
}
