// fees.mjs - a fee by bank transfer: the account, the order that a person takes along, the bank's statement, a receipt
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { expect, look, PHONE, signIn, somebody, URL_ } from "./browser.mjs";
import { ask } from "./ministry.mjs";

const IBAN = "GR1601101250000000012300695";

function camt(entries) {
  const list = entries.map(
    ([key, amount, text]) =>
      `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-25</Dt></BookgDt><AcctSvcrRef>${key}</AcctSvcrRef>` +
      `<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>L. Haddad</Nm></Dbtr></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
  );
  return `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id><IBAN>${IBAN}</IBAN></Id></Acct>${list.join("")}</Stmt></BkToCstmrStmt></Document>`;
}

/** The head of mission proposes the account, the consul signs; the person sees where to pay, in Arabic, on a phone. */
export async function order(head, consul, person, file) {
  await head.goto(`${URL_}/ar/desk/fees`, { waitUntil: "networkidle" });
  await look(head, "desk-fees-ar");
  await head.goto(`${URL_}/en/desk/fees`, { waitUntil: "networkidle" });
  await head.getByText("Propose the account").click();
  await head.getByLabel("Account holder").fill("Embassy of Utopia in Athens");
  await head.getByLabel("IBAN", { exact: true }).fill("GR1601101250000000012300696");
  await head.getByRole("button", { name: "Propose" }).click();
  await head.getByRole("alert").waitFor();
  await head.getByLabel("IBAN", { exact: true }).fill(IBAN);
  await head.getByRole("button", { name: "Propose" }).click();
  await head.getByText("another officer must sign").waitFor();
  expect(!(await head.getByRole("button", { name: "Sign and confirm" }).count()), "the head of mission may sign for themselves");
  await look(head, "desk-account-waits-en");
  await consul.goto(`${URL_}/en/desk/proposals`, { waitUntil: "networkidle" });
  await consul.getByText("GR16 0110 1250 0000 0001 2300 695").waitFor();
  await consul.getByRole("button", { name: "Sign and confirm" }).click();
  await consul.getByText("Nothing waits for a second officer").waitFor();
  await person.setViewportSize(PHONE);
  await person.goto(`${URL_}/ar/cases/${file}`, { waitUntil: "networkidle" });
  await person.getByRole("button", { name: "كيف أدفع الرسم" }).click();
  const reference = await person.getByText(/^RF\d\d \d{4}/).textContent();
  await look(person, "portal-transfer-ar");
  return reference;
}

/** Half of it comes by the bank, the rest to the counter, with a receipt. */
export async function statement(officer, person, file, reference) {
  const path = join(process.env.SIFARA_SHOTS, "camt.xml");
  await officer.goto(`${URL_}/en/desk/fees`, { waitUntil: "networkidle" });
  writeFileSync(path, "<html/>");
  await officer.getByLabel("File of the bank").setInputFiles(path);
  await officer.getByRole("alert").waitFor();
  writeFileSync(path, camt([["B-1", "10.00", `passport ${reference}`], ["B-2", "7.00", "who knows"]]));
  await officer.getByLabel("File of the bank").setInputFiles(path);
  await officer.getByText("The statement was read").waitFor();
  await officer.getByText("part of the fee").waitFor();
  await officer.getByText("for no known case", { exact: true }).waitFor();
  await look(officer, "desk-fees-en");
  await officer.getByLabel("Reference of the case").fill(file);
  await officer.getByRole("button", { name: "It is for this case" }).click();
  await officer.getByText("for no known case", { exact: true }).waitFor({ state: "detached" });
  await officer.goto(`${URL_}/en/desk/cases/${file}`, { waitUntil: "networkidle" });
  await officer.getByText(/^A fee is owed|Record a payment|owed/).first().waitFor();
  expect(await officer.getByRole("table", { name: "Payments" }).getByRole("row").count() === 3, "two transfers are not two payments");
  await look(officer, "desk-payments-en");
  await person.goto(`${URL_}/en/cases/${file}`, { waitUntil: "networkidle" });
  await person.getByRole("table", { name: "Payments" }).waitFor();
  await look(person, "portal-payments-en");
}

/** What the counter took has a number; the page is for the printer. */
export async function receipt(officer, file) {
  await officer.goto(`${URL_}/en/desk/cases/${file}`, { waitUntil: "networkidle" });
  await officer.getByRole("link", { name: /^R-athens-\d{4}-000001$/ }).click();
  await officer.getByRole("heading", { name: "Receipt for a payment" }).waitFor();
  await look(officer, "desk-receipt-en");
  await officer.goto(officer.url().replace("/en/", "/ar/"), { waitUntil: "networkidle" });
  await look(officer, "desk-receipt-ar");
}

/** What came twice is paid back: an officer proposes, the consul signs, once; its person sees it in the case. */
export async function repay(officer, consul, { person, file, reference }) {
  const path = join(process.env.SIFARA_SHOTS, "camt.xml");
  writeFileSync(path, camt([["B-3", "3.00", `twice ${reference}`]]));
  await officer.goto(`${URL_}/en/desk/fees`, { waitUntil: "networkidle" });
  await officer.getByLabel("File of the bank").setInputFiles(path);
  await officer.getByText("The statement was read").waitFor();
  for (let i = 0; i < 20 && !(await officer.getByText("Pay it back").count()); i++) await officer.reload({ waitUntil: "networkidle" });
  await officer.getByText("Pay it back").click();
  await officer.getByLabel("Number of the order or the receipt").fill("Order 9");
  await officer.getByRole("button", { name: /^Propose to pay back .*3\.00/ }).click();
  await officer.getByRole("heading", { name: /^Repayment/ }).waitFor();
  expect(!(await officer.getByRole("button", { name: "Sign and confirm" }).count()), "who proposes is asked to confirm");
  await look(officer, "desk-repayment-en");
  await consul.goto(`${URL_}/ar/desk/proposals`, { waitUntil: "networkidle" });
  await look(consul, "desk-repayment-ar");
  await consul.getByRole("button", { name: "وقّع وأكّد" }).click();
  await consul.getByText("لا شيء ينتظر موظفًا ثانيًا").waitFor();
  await officer.goto(`${URL_}/en/desk/fees`, { waitUntil: "networkidle" });
  await officer.getByText("paid back", { exact: true }).waitFor();
  await person.goto(`${URL_}/ar/cases/${file}`, { waitUntil: "networkidle" });
  for (let i = 0; i < 20 && !(await person.getByRole("table", { name: "مبالغ رُدّت" }).count()); i++) await person.reload({ waitUntil: "networkidle" });
  await person.getByText("Order 9").waitFor();
  await look(person, "portal-repaid-ar");
  await person.goto(`${URL_}/en/cases/${file}`, { waitUntil: "networkidle" });
  await look(person, "portal-repaid-en");
}

/** An application that is filed by calls, with a scan. */
async function filed(person, service) {
  const { answers } = JSON.parse(readFileSync(new URL(`../../services/${service}/golden.json`, import.meta.url), "utf8")).cases[0];
  const { id } = (await ask(person, "POST", "/v1/cases", { service, country: "CY" })).body;
  const bytes = [...readFileSync(process.env.SIFARA_SCAN)];
  expect((await ask(person, "PUT", `/v1/cases/${id}/answers`, { answers })).status < 300, "the answers are not kept");
  await person.evaluate(([path, b]) => fetch(path, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: new Uint8Array(b) }), [`/v1/cases/${id}/attachments?name=scan.png`, bytes]);
  const sent = await ask(person, "POST", `/v1/cases/${id}/submit`);
  expect(sent.status < 300, `the application: ${sent.status} ${JSON.stringify(sent.body)}`);
  return id;
}

/** A power of attorney, paid on the page of a host: there and back again, and the fee is settled. */
export async function online(words) {
  const nora = await somebody(PHONE);
  await nora.goto(`${URL_}/en/sign-in`);
  await signIn(nora, "nora@example.org", words);
  await nora.waitForURL(/cases/);
  const file = await filed(nora, "power-of-attorney");
  await nora.goto(`${URL_}/en/cases/${file}`, { waitUntil: "networkidle" });
  await nora.getByRole("button", { name: "How to pay the fee" }).click();
  const reference = await nora.getByText(/^RF\d\d \d{4}/).textContent();
  await look(nora, "portal-pay-en");
  await nora.getByRole("button", { name: "Pay online" }).click();
  await nora.waitForURL((url) => url.href.startsWith(URL_) && url.pathname.endsWith(file));
  for (let i = 0; i < 20 && (await nora.getByRole("button", { name: "How to pay the fee" }).count()); i++) await nora.reload({ waitUntil: "networkidle" });
  expect(!(await nora.getByRole("button", { name: "How to pay the fee" }).count()), "a fee that was paid online is still owed");
  await look(nora, "portal-paid-en");
  return { person: nora, file, reference };
}

/** The day's cash is counted by one officer and signed by another; afterwards it stands. */
export async function closeDay(officer, consul) {
  await officer.goto(`${URL_}/en/desk/cash`, { waitUntil: "networkidle" });
  await look(officer, "desk-cash-en");
  for (const field of await officer.getByLabel(/^Counted cash in/).all()) await field.fill("x");
  await officer.getByText("Not an amount").first().waitFor();
  for (const field of await officer.getByLabel(/^Counted cash in/).all()) await field.fill("1");
  for (const field of await officer.getByLabel(/^Why does it differ/).all()) await field.fill("Coins of another country");
  await look(officer, "desk-cash-count-en");
  await officer.getByRole("button", { name: "Propose to close" }).click();
  await officer.getByText("another officer must sign").waitFor();
  await consul.goto(`${URL_}/ar/desk/proposals`, { waitUntil: "networkidle" });
  await look(consul, "desk-proposals-ar");
  await consul.getByRole("button", { name: "وقّع وأكّد" }).click();
  await consul.getByText("لا شيء ينتظر موظفًا ثانيًا").waitFor();
  await officer.goto(`${URL_}/en/desk/cash`, { waitUntil: "networkidle" });
  await officer.getByText("Today is closed").waitFor();
  await officer.getByRole("table", { name: "Closings" }).getByRole("link").first().click();
  await officer.getByText("these figures do not change any more").waitFor();
  await look(officer, "desk-cash-closed-en");
  await officer.goto(officer.url().replace("/en/", "/ar/"), { waitUntil: "networkidle" });
  await look(officer, "desk-cash-closed-ar");
}
