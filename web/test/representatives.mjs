// representatives.mjs - an officer records who acts for whom; whoever does is asked for whom the application is
import { expect, look, URL_ } from "./browser.mjs";

async function party(officer, name, value, nationality) {
  const box = officer.locator("form", { has: officer.getByRole("button", { name: "Look for the person" }) });
  await box.getByLabel(name, { exact: true }).fill(value);
  if (nationality) await box.getByLabel("Nationality").selectOption(nationality);
  await box.getByRole("button", { name: "Look for the person" }).click();
  await officer.getByText("One person found").waitFor();
  await officer.getByRole("button", { name: "Go on with this person" }).click();
}

export async function representatives(officer, layla) {
  await officer.goto(`${URL_}/en/desk/representatives`, { waitUntil: "networkidle" });
  await look(officer, "desk-representatives-en");
  await party(officer, "Number of the passport", "L898902C3", "UTO");
  await party(officer, "E-mail address", "layla@example.org");
  await officer.getByLabel("As", { exact: true }).selectOption("representative");
  await officer.getByLabel("What you saw").fill("Power of attorney 12/2026");
  await officer.getByLabel("Until", { exact: true }).fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await officer.locator("#only-certificate").check();
  await look(officer, "desk-representatives-paper-en");
  await officer.getByRole("button", { name: "Record it" }).click();
  await officer.getByText("Recorded: both see it in their file.").waitFor();
  await layla.goto(`${URL_}/ar/services/certificate?country=CY`, { waitUntil: "networkidle" });
  await layla.getByText("لمن الطلب؟").waitFor();
  await layla.getByLabel(/ANNA MARIA/).check();
  await look(layla, "portal-for-whom-ar");
  await layla.getByRole("button", { name: "ابدأ" }).first().click();
  await layla.waitForURL(/apply/);
  await layla.goto(`${URL_}/ar/cases`, { waitUntil: "networkidle" });
  await layla.getByText("عن شخص آخر").first().waitFor();
  await layla.goto(`${URL_}/ar/my-file`, { waitUntil: "networkidle" });
  await layla.getByRole("heading", { name: "التصرف عن الغير" }).waitFor();
  await look(layla, "portal-acts-ar");
  await layla.getByRole("button", { name: /إنهاء: ANNA MARIA/ }).click();
  await layla.getByText("انتهى", { exact: true }).waitFor();
  await layla.goto(`${URL_}/ar/services/certificate?country=CY`, { waitUntil: "networkidle" });
  expect(!(await layla.getByText("لمن الطلب؟").count()), "what has ended is still offered");
}
