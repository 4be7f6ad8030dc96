// protection.mjs - a citizen of Arcadia at Utopia's counter in Athens: its consul asks in the browser, Arcadia's officer has
// the mission sign, the consul signs with a passkey and holds the document (called by tests/system/protection)
//
// SIFARA_CASE the case as JSON   SIFARA_DOMAIN where the officer has the address
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { close, expect, look, officer, open, step, URL_ } from "./browser.mjs";

const SHOTS = process.env.SIFARA_SHOTS;
const [turn, id] = process.argv.slice(2);

/** What is asked on this page, out of the answers. */
async function fill(page, answers, at = "f") {
  for (const [name, value] of Object.entries(answers)) {
    const id = `${at}-${name}`;
    const field = page.locator(`[id="${id}"]`);
    if (value !== null && typeof value === "object") await fill(page, value, id);
    else if (await page.locator(`[id="${id}-day"]`).count()) {
      const [year, month, day] = value.split("-").map(Number);
      await page.locator(`[id="${id}-day"]`).fill(String(day));
      await page.locator(`[id="${id}-month"]`).selectOption(String(month));
      await page.locator(`[id="${id}-year"]`).fill(String(year));
    } else if (await page.locator(`[id="${id}-${value}"]`).count()) await page.locator(`[id="${id}-${value}"]`).check();
    else if (!(await field.count())) continue;
    else if ((await field.evaluate((e) => e.tagName)) === "SELECT") await field.selectOption(String(value));
    else await field.fill(String(value));
  }
}

async function ask(consul) {
  const asked = JSON.parse(readFileSync(process.env.SIFARA_CASE, "utf8"));
  await consul.goto(`${URL_}/en/desk/counter`);
  await consul.getByRole("link", { name: "Partners’ citizens" }).click();
  await look(consul, "protections");
  await consul.getByRole("link", { name: "Ask a person’s state" }).click();
  await consul.getByLabel("State of the person").selectOption("XA");
  await consul.getByLabel("Service").selectOption(asked.service);
  for (const [label, name] of [["Surname", "surname"], ["Given names", "given_names"], ["Surname in Latin letters", "surname_latin"], ["Given names in Latin letters", "given_names_latin"], ["Date of birth", "birth_date"], ["Nationality", "nationality"]])
    await consul.getByLabel(label, { exact: true }).fill(asked.person[name]);
  await consul.getByLabel("Aim that it serves").selectOption("protect-everywhere");
  await consul.getByLabel("What it takes of what we have").selectOption("consular-desk");
  await look(consul, "protection-asks");
  await consul.getByRole("button", { name: "Continue" }).click();
  const last = consul.getByRole("button", { name: "Send to the person’s state" });
  for (let i = 0; i < 10 && !(await last.count()); i++) {
    await consul.getByRole("button", { name: "Continue" }).waitFor();
    await fill(consul, asked.answers);
    await look(consul, `protection-form-${i}`);
    await consul.getByRole("button", { name: "Continue" }).click();
    await consul.waitForLoadState("networkidle");
    await consul.waitForTimeout(200);
  }
  await look(consul, "protection-review");
  await last.click();
  await consul.getByText("Our mission serves a citizen of Arcadia").waitFor();
  await look(consul, "protection-asked");
  console.log(`PROTECTION ${consul.url().split("/").pop()}`);
}

async function propose(officerThere) {
  await officerThere.goto(`${URL_}/en/desk/protections/${id}`);
  await officerThere.getByLabel("To Utopia").fill("He is known to us.");
  await officerThere.getByRole("button", { name: "Send" }).click();
  await officerThere.getByText("He is known to us.").waitFor();
  await officerThere.getByRole("button", { name: "Have the mission sign" }).click();
  await officerThere.getByText("Please sign what we propose.").waitFor();
  await look(officerThere, "protection-proposed");
}

async function sign(consul) {
  await consul.goto(`${URL_}/ar/desk/protections/${id}`);
  await consul.getByRole("button", { name: "وقّع بمفتاح المرور" }).waitFor();
  await look(consul, "protection-signs");
  await consul.getByRole("button", { name: "وقّع بمفتاح المرور" }).click();
  const link = consul.getByRole("link", { name: "الوثيقة لتسليمها" });
  for (let i = 0; i < 40 && !(await link.count()); i++) {
    await consul.waitForTimeout(500);
    await consul.reload({ waitUntil: "networkidle" });
  }
  await look(consul, "protection-issued");
  const paper = await (await consul.request.get(`${URL_}${await link.getAttribute("href")}`)).body();
  writeFileSync(join(SHOTS, "paper.pdf"), paper);
  expect(paper.subarray(0, 5).toString() === "%PDF-", "no document to hand over");
}

const turns = { ask: ["consul", ask], propose: ["xa-officer", propose], sign: ["consul", sign] };
const [who, what] = turns[turn];
await open();
await step(`in the browser: ${turn}`, async () => what(await officer(who, `${who}@${process.env.SIFARA_DOMAIN}`)));
await close();
