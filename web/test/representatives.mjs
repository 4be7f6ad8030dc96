// representatives.mjs - an officer records who acts for whom; whoever does is asked for whom the application is
import { expect, look, mailCount, newCode, URL_ } from "./browser.mjs";
import { ask } from "./ministry.mjs";

async function party(officer, name, value, nationality) {
  const box = officer.locator("form", { has: officer.getByRole("button", { name: "Look for the person" }) });
  await box.getByLabel(name, { exact: true }).fill(value);
  if (nationality) await box.getByLabel("Nationality").selectOption(nationality);
  await box.getByRole("button", { name: "Look for the person" }).click();
  await officer.getByText("One person found").waitFor();
  await officer.getByRole("button", { name: "Go on with this person" }).click();
}

/** An officer sees who she is, and confirms the address with which she signs in. */
async function seen(officer, email) {
  const found = await ask(officer, "POST", "/v1/desk/persons/find", { email });
  const at = `/v1/desk/persons/${found.body.persons[0].id}`;
  const before = mailCount(email);
  await ask(officer, "POST", `${at}/email-codes`, { email });
  const done = await ask(officer, "POST", `${at}/email`, { email, code: await newCode(email, before), evidence: "Passport, seen" });
  expect(done.status === 200, `an address is not confirmed: ${done.status}`);
}

async function company(officer, layla) {
  await officer.goto(`${URL_}/en/desk/representatives`, { waitUntil: "networkidle" });
  await officer.getByLabel("For a company or association").check();
  await officer.getByLabel("Register", { exact: true }).fill("Commercial Register of Amaurot");
  await officer.getByLabel("Number in the register").fill("CR-4471");
  await officer.getByLabel("Country of the register").selectOption("XU");
  await officer.getByRole("button", { name: "Look for it" }).click();
  await officer.getByLabel("Name", { exact: true }).fill("تجارة زيت الزيتون");
  await officer.getByLabel("Seat").fill("Amaurot");
  await officer.getByLabel("What you saw").fill("Extract of the register");
  await look(officer, "desk-company-en");
  await officer.getByRole("button", { name: "Record it" }).click();
  await party(officer, "E-mail address", "layla@example.org");
  await officer.getByLabel("What you saw").fill("Extract of the register");
  await officer.getByLabel("Until", { exact: true }).fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await officer.getByRole("button", { name: "Record it" }).click();
  await officer.getByText("Recorded: both see it in their file.").waitFor();
  await layla.goto(`${URL_}/ar/services/attestation?country=CY`, { waitUntil: "networkidle" });
  await layla.getByLabel("تجارة زيت الزيتون").check();
  await look(layla, "portal-for-company-ar");
  await layla.goto(`${URL_}/ar/services/certificate?country=CY`, { waitUntil: "networkidle" });
  expect(!(await layla.getByText("تجارة زيت الزيتون").count()), "a company is offered what is for persons");
}

export async function representatives(officer, layla) {
  await officer.goto(`${URL_}/en/desk/representatives`, { waitUntil: "networkidle" });
  await look(officer, "desk-representatives-en");
  await party(officer, "Number of the passport", "L898902C3", "UTO");
  await party(officer, "E-mail address", "layla@example.org");
  await officer.getByText("Nobody has seen who this person is").waitFor();
  await seen(officer, "layla@example.org");
  await officer.goto(`${URL_}/en/desk/representatives`, { waitUntil: "networkidle" });
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
  await company(officer, layla);
}
