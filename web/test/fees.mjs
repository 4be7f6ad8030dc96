// fees.mjs - a fee by bank transfer: the account, the order that a person takes along, the bank's statement, a receipt
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, look, PHONE, URL_ } from "./browser.mjs";

const IBAN = "GR1601101250000000012300695";

function camt(entries) {
  const list = entries.map(
    ([key, amount, text]) =>
      `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-25</Dt></BookgDt><AcctSvcrRef>${key}</AcctSvcrRef>` +
      `<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>L. Haddad</Nm></Dbtr></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
  );
  return `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id><IBAN>${IBAN}</IBAN></Id></Acct>${list.join("")}</Stmt></BkToCstmrStmt></Document>`;
}

/** The head of mission sets the account; the person sees where to pay, in Arabic, on a phone. */
export async function order(head, person, file) {
  await head.goto(`${URL_}/ar/desk/fees`, { waitUntil: "networkidle" });
  await look(head, "desk-fees-ar");
  await head.goto(`${URL_}/en/desk/fees`, { waitUntil: "networkidle" });
  await head.getByText("Set the account").click();
  await head.getByLabel("Account holder").fill("Embassy of Utopia in Athens");
  await head.getByLabel("IBAN", { exact: true }).fill("GR1601101250000000012300696");
  await head.getByRole("button", { name: "Save" }).click();
  await head.getByRole("alert").waitFor();
  await head.getByLabel("IBAN", { exact: true }).fill(IBAN);
  await head.getByRole("button", { name: "Save" }).click();
  await head.getByText("GR16 0110 1250 0000 0001 2300 695").waitFor();
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
