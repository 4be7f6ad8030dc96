// packages.mjs - journeys of two officers of the ministry with what is offered: a fee is changed and asked of a person; the
// giver's next version meets our layer; a service is retired
import { readFileSync } from "node:fs";
import { ask } from "./ministry.mjs";
import { DESK, expect, look, PHONE, signIn, somebody, URL_ } from "./browser.mjs";

const en = { email: "E-mail address", send: "Send me a code", code: "Code", signIn: "Sign in" };
const answers = JSON.parse(readFileSync(new URL("../../services/power-of-attorney/golden.json", import.meta.url))).cases[0].answers;

/** From the page of the package to a proposal: the amount, what changes, the signature. */
async function proposeFee(minister) {
  await minister.goto(`${URL_}/en/ministry/packages`, { waitUntil: "networkidle" });
  await minister.getByRole("link", { name: "Power of attorney", exact: true }).click();
  await minister.getByRole("button", { name: "Change the fees" }).click();
  const fee = minister.getByLabel("The fee", { exact: true });
  await fee.fill("32.505");
  await minister.getByText("An amount with at most 2 digits").waitFor();
  expect(await minister.getByRole("button", { name: "See what changes" }).isDisabled(), "an amount too exact for the currency is taken");
  await fee.fill("32.50");
  await minister.getByLabel("English").fill("32.50 euros.");
  await minister.getByRole("button", { name: "See what changes" }).click();
  await minister.getByRole("cell", { name: /32\.50/ }).first().waitFor({ timeout: 60_000 });
  await minister.getByText(/of the \d+ examples that prove the service follow/).click();
  await minister.getByText("a grantor who will be 75 tomorrow pays").waitFor();
  await look(minister, "ministry-fees-en");
  await minister.passkeys.refuse(true);
  await minister.getByRole("button", { name: "Sign and propose the change of fees" }).click();
  await minister.getByText("The passkey was not used").waitFor({ timeout: 60_000 });
  await minister.passkeys.refuse(false);
  await minister.getByRole("button", { name: "Sign and propose the change of fees" }).click();
  await minister.getByText("Waits for a second officer: other fees").waitFor({ timeout: 60_000 });
  expect(await minister.getByRole("button", { name: "Sign and confirm" }).isDisabled(), "one officer may change a fee alone");
}

/** The second officer, in Arabic, sees the same two sides and signs. */
async function confirmFee(minister, deputy) {
  await deputy.setViewportSize(PHONE);
  await deputy.goto(minister.url().replace("/en/", "/ar/"), { waitUntil: "networkidle" });
  await deputy.getByText("الساري", { exact: true }).first().waitFor();
  await look(deputy, "ministry-fees-confirm-ar");
  await deputy.getByRole("button", { name: "وقّع وأكّد" }).click();
  await deputy.getByRole("button", { name: "تعديل الرسوم" }).click();
  await deputy.getByLabel("الرسم", { exact: true }).waitFor();
  await look(deputy, "ministry-fees-ar");
  await deputy.setViewportSize(DESK);
}

/** Whoever applies from then on is told and asked the new fee. */
async function askedFee() {
  const noor = await somebody(PHONE);
  await noor.goto(`${URL_}/en/sign-in`);
  await signIn(noor, "noor@example.org", en);
  await noor.waitForURL(/cases/);
  await noor.goto(`${URL_}/en/services/power-of-attorney?country=CY`, { waitUntil: "networkidle" });
  await noor.getByText("32.50 euros.").waitFor();
  const { body } = await ask(noor, "POST", "/v1/cases", { service: "power-of-attorney", country: "CY" });
  await ask(noor, "PUT", `/v1/cases/${body.id}/answers`, { answers });
  await noor.goto(`${URL_}/en/cases/${body.id}/apply?page=review`, { waitUntil: "networkidle" });
  await noor.getByText(/32\.50/).first().waitFor();
  await look(noor, "portal-fee-en");
  await noor.context().close();
}

/** The next version changes the same fee and sentence: each place with both sides, and what comes of a choice. */
async function settle(minister, deputy) {
  await minister.goto(`${URL_}/en/ministry/packages`, { waitUntil: "networkidle" });
  await minister.getByText("Receive a package").first().click();
  await minister.getByLabel("Package (file)").setInputFiles(process.env.SIFARA_DEARER);
  await minister.getByRole("button", { name: "Receive a package" }).click();
  const fee = minister.getByRole("group", { name: "The fee", exact: true });
  const sentence = minister.getByRole("group", { name: /A sentence in this language: English/ });
  await fee.getByText(/35\.00/).waitFor({ timeout: 60_000 });
  await sentence.getByText("32.50 euros.").waitFor();
  expect(await minister.getByRole("button", { name: "See what comes of it" }).isDisabled(), "a place may stay open");
  await fee.getByRole("radio", { name: /theirs/i }).check();
  await sentence.getByRole("radio", { name: /theirs/i }).check();
  await minister.getByRole("button", { name: "See what comes of it" }).click();
  await minister.getByText(/\d+ examples come out otherwise/).first().waitFor({ timeout: 60_000 });
  await look(minister, "ministry-settle-en");
  await fee.getByRole("radio", { name: /ours/i }).check();
  await sentence.getByRole("radio", { name: /ours/i }).check();
  await minister.getByRole("button", { name: "See what comes of it" }).click();
  await minister.getByText("All examples come out as before.").waitFor({ timeout: 60_000 });
  await deputy.setViewportSize(PHONE);
  await deputy.goto(minister.url().replace("/en/", "/ar/"), { waitUntil: "networkidle" });
  await look(deputy, "ministry-settle-ar");
  await deputy.setViewportSize(DESK);
  await minister.getByRole("button", { name: "Take these, and go on" }).click();
  await minister.getByRole("button", { name: "Let it prove itself" }).click({ timeout: 60_000 });
  await minister.getByRole("button", { name: "Sign and propose to offer it" }).click({ timeout: 60_000 });
  await minister.getByText("Waits for a second officer: to be offered").waitFor();
  await deputy.goto(minister.url(), { waitUntil: "networkidle" });
  await deputy.getByRole("button", { name: "Sign and confirm" }).click();
  await deputy.getByText("offered", { exact: true }).first().waitFor();
}

/** Two officers retire it: nobody is offered it any more. */
async function retire(minister, deputy) {
  await minister.reload({ waitUntil: "networkidle" });
  await minister.getByRole("button", { name: "Sign and propose to retire it" }).click();
  await minister.getByText("Waits for a second officer: to be retired").waitFor();
  await look(minister, "ministry-retire-en");
  await deputy.goto(minister.url().replace("/en/", "/ar/"), { waitUntil: "networkidle" });
  await look(deputy, "ministry-retire-ar");
  await deputy.getByRole("button", { name: "وقّع وأكّد" }).click();
  await deputy.getByText("سُحبت", { exact: true }).first().waitFor();
  const anybody = await somebody(PHONE);
  await anybody.goto(`${URL_}/en?country=CY`, { waitUntil: "networkidle" });
  await anybody.getByRole("link", { name: "Passport renewal" }).waitFor();
  expect(!(await anybody.getByRole("link", { name: "Power of attorney" }).count()), "what is retired is offered still");
  await anybody.context().close();
}

export async function packages(step, minister, deputy) {
  await step("a fee is changed in a form, and shown beside what holds", () => proposeFee(minister));
  await step("another officer sees both sides and signs", () => confirmFee(minister, deputy));
  await step("a person is asked the new fee", () => askedFee());
  await step("the next version touches the same things: an officer chooses, and it is offered", () => settle(minister, deputy));
  await step("a package is retired by two officers", () => retire(minister, deputy));
}
