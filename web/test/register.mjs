// register.mjs - a register that was kept elsewhere: what cannot be read is told, the rest is tried and entered
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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

/** The same from a workbook: days are numbers in it, what a formula shows is not taken, and a torn file is told. */
export async function workbook(consul) {
  const path = join(process.env.SIFARA_SHOTS, "register.xlsx");
  const rows = [
    ["Surname", "Given names", "Date of birth", "Nationality"],
    ["منصور", "رنا", { day: "1979-12-31" }, "Utopia"],
    ["Sabbagh", "Elias & Sons", { day: "1988-02-29" }, "UTO"],
    ["Tawil", { formula: "B3" }, { day: "1990-06-01" }, "UTO"],
    ["خوري", "مها", { day: "1980-02-03" }, "UTO"], // entered from the other file: known, if the day is read right
  ];
  execFileSync("python3", [join(dirname(fileURLToPath(import.meta.url)), "../../tests/xlsx.py"), path], { input: JSON.stringify(rows) });
  const torn = join(process.env.SIFARA_SHOTS, "torn.xlsx");
  writeFileSync(torn, readFileSync(path).subarray(0, 900));
  await consul.goto(`${URL_}/en/desk/register`, { waitUntil: "networkidle" });
  await consul.getByLabel("File", { exact: true }).setInputFiles(torn);
  await consul.getByRole("alert").waitFor();
  await consul.getByLabel("File", { exact: true }).setInputFiles(path);
  await consul.getByText("register.xlsx · 4 rows").waitFor();
  await consul.getByLabel("Which register is it").fill("Register of Athens, volume 4");
  await consul.getByRole("button", { name: "Try it" }).click();
  await consul.getByText("2 new, 0 entered, 1 known or twice, 1 refused").waitFor();
  await look(consul, "desk-register-xlsx-en");
  await consul.getByRole("button", { name: "Enter the 2 new rows" }).click();
  await consul.getByText("0 new, 2 entered, 1 known or twice, 1 refused").waitFor();
  await consul.goto(`${URL_}/ar/desk/register`, { waitUntil: "networkidle" });
  await consul.getByLabel("الملف", { exact: true }).setInputFiles(path);
  await consul.getByLabel("ما هذا السجل").fill("Register of Athens, volume 4");
  await consul.getByRole("button", { name: "جرّب" }).click();
  await consul.getByText("أُدخل من قبل").nth(1).waitFor({ timeout: 60_000 });
  await look(consul, "desk-register-xlsx-ar");
}
