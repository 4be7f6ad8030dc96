// journeys.mjs - the screens as people use them: a person in Arabic on a phone, two officers in English on a desk,
// the ministry; what hostile input does, what a lost line and an ended session do not lose
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, led, openRound, rate, talk, urgent } from "./appointments.mjs";
import { arranging } from "./arranging.mjs";
import { counter, numbers, paper } from "./counter.mjs";
import { setUp } from "./post.mjs";
import { register, workbook } from "./register.mjs";
import { stock } from "./stock.mjs";
import { closeDay, online, order, receipt, repay, statement } from "./fees.mjs";
import { close, DESK, expect, look, officer, open, PHONE, signIn, somebody, step, URL_ } from "./browser.mjs";
import { persons, rename } from "./persons.mjs";
import { representatives } from "./representatives.mjs";
import { ministry } from "./ministry.mjs";

const SCAN = process.env.SIFARA_SCAN;
const ar = { email: "البريد الإلكتروني", send: "أرسل لي رمزًا", code: "الرمز", signIn: "تسجيل الدخول" };
const en = { email: "E-mail address", send: "Send me a code", code: "Code", signIn: "Sign in" };

async function date(page, field, year, month, day) {
  await page.fill(`#f-${field}-day`, day);
  await page.selectOption(`#f-${field}-month`, month);
  await page.fill(`#f-${field}-year`, year);
}

/** From the country to the draft. */
async function begin(page, language, service, words, email) {
  await page.goto(`${URL_}/${language}`);
  await page.selectOption("#where", "CY");
  await page.locator(`a[href*="/services/${service}"]`).click();
  const start = page.getByRole("button", { name: language === "ar" ? "ابدأ" : "Begin", exact: true });
  await start.click();
  await signIn(page, email, words);
  await start.click();
  await page.waitForURL(/apply/);
}

const cont = (page, language) => page.getByRole("button", { name: language === "ar" ? "متابعة" : "Continue" }).click();

async function weight(page, path, most, name) {
  let bytes = 0;
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  client.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
  await page.goto(`${URL_}${path}`, { waitUntil: "networkidle" });
  console.log(`  ${name}: ${Math.round(bytes / 1000)} KB over the wire`);
  expect(bytes > 1000 && bytes <= most, `${name} weighs ${bytes} bytes`);
}

async function registrationForm(page, surname) {
  await page.fill("#f-surname", surname);
  await page.fill("#f-given_names", "ليلى");
  await page.fill("#f-surname_latin", "Haddad");
  await page.fill("#f-given_names_latin", "Layla");
}

await open();

await step("the first page is light", async () => {
  const fresh = await somebody(PHONE);
  await weight(fresh, "/ar", 100_000, "first page, Arabic");
  await weight(await somebody(PHONE), "/en/sign-in", 150_000, "sign-in");
});

const layla = await somebody(PHONE);
let file;
await step("Layla, in Arabic, on a phone, from the country to the application", async () => {
  await layla.goto(`${URL_}/ar`);
  expect((await layla.getAttribute("html", "dir")) === "rtl", "Arabic does not run from the right");
  await look(layla, "portal-home-ar");
  await layla.getByLabel("بحث").fill("جواز سفر");
  await layla.getByLabel("بحث").fill("إقامه");
  await begin(layla, "ar", "passport-renewal", ar, "layla@example.org");
  await cont(layla, "ar");
  await layla.getByRole("alert").waitFor();
  await look(layla, "portal-mistakes-ar");
  await layla.getByRole("alert").getByRole("link").first().click();
  expect((await layla.evaluate(() => document.activeElement?.id)) === "f-surname", "a mistake does not lead to its field");
  await registrationForm(layla, "حدّاد");
  await layla.selectOption("#f-birth_date-calendar", "islamic-umalqura");
  await date(layla, "birth_date", "1414", "11", "21");
  await layla.fill("#f-birth_place", "أماوروت");
  await layla.fill("#f-birth_place_latin", "Amaurot");
  await layla.selectOption("#f-nationality", "UTO");
  await layla.locator("#f-sex-F").check();
  await look(layla, "portal-form-ar");
  await cont(layla, "ar");
  await layla.locator("#f-old_passport-number").waitFor();
});

await step("a form that is interrupted is not lost: no line, then another device", async () => {
  await layla.fill("#f-old_passport-number", "ut1234567");
  await layla.context().setOffline(true);
  await date(layla, "old_passport-issue_date", "2017", "1", "10");
  await layla.getByText("محفوظ على هذا الجهاز").waitFor();
  await look(layla, "portal-no-line-ar");
  await layla.context().setOffline(false);
  await layla.getByText("· محفوظ", { exact: false }).filter({ hasNotText: "هذا الجهاز" }).waitFor();
  const other = await somebody(DESK);
  await other.goto(`${URL_}/en/sign-in`);
  await signIn(other, "layla@example.org", en);
  await other.getByRole("link", { name: "Passport renewal" }).click();
  await other.waitForURL(/apply/);
  expect((await other.inputValue("#f-surname")) === "حدّاد", "the draft is not there on another device");
  expect((await other.inputValue("#f-birth_date-year")) === "1994", "a Hijri date is not the Gregorian one");
  expect((await other.inputValue("#f-birth_date-month")) === "5" && (await other.inputValue("#f-birth_date-day")) === "2", "21 Dhu al-Qada 1414 is 2 May 1994");
  await look(other, "portal-form-en");
  await other.context().close();
});

await step("the rest of the form, pages as the answers ask for them", async () => {
  await date(layla, "old_passport-expiry_date", "2027", "1", "9");
  await layla.locator("#f-reason-expiring").check();
  await cont(layla, "ar");
  await layla.locator("#f-booklet-pages-32").check();
  await layla.locator("#f-booklet-speed-ordinary").check();
  await cont(layla, "ar");
  await layla.fill("#f-address-street", "12 Ledra Street");
  await layla.fill("#f-address-city", "Nicosia");
  await layla.selectOption("#f-address-country", "CY");
  await layla.fill("#f-phone", "99123456");
  await cont(layla, "ar");
  await layla.getByRole("alert").waitFor();
  await layla.fill("#f-phone", "+35799123456");
  await cont(layla, "ar");
  const soon = new Date(Date.now() + 20 * 86_400_000);
  await date(layla, "visit-day", String(soon.getFullYear()), String(soon.getMonth() + 1), String(soon.getDate()));
  await layla.locator("#f-visit-half-morning").check();
  await cont(layla, "ar");
  await layla.locator("#f-delivery-how-collect").check();
  await cont(layla, "ar");
  await layla.locator("#f-relief-ground-none").waitFor();
  await cont(layla, "ar");
  await layla.locator("#file-photograph").waitFor();
});

await step("documents: a wrong kind is refused, a lost line is waited for", async () => {
  const bad = join(process.env.SIFARA_SHOTS, "bad.pdf");
  writeFileSync(bad, "PK\u0003\u0004 this is an archive that says it is a PDF");
  await layla.setInputFiles("#file-photograph", bad);
  await layla.getByRole("alert").waitFor();
  await look(layla, "portal-bad-file-ar");
  await layla.context().setOffline(true);
  await layla.setInputFiles("#file-photograph", SCAN);
  await layla.getByText("لا اتصال؛").waitFor();
  await layla.context().setOffline(false);
  await layla.locator("#file-photograph").locator("xpath=..").getByText("scan.png").waitFor();
  await layla.setInputFiles("#file-old-passport", SCAN);
  await layla.locator("#file-old-passport").locator("xpath=..").getByText("scan.png").waitFor();
  await look(layla, "portal-documents-ar");
  await cont(layla, "ar");
  await layla.getByRole("button", { name: "أرسل الطلب" }).waitFor();
  await look(layla, "portal-review-ar");
  await layla.getByRole("button", { name: "أرسل الطلب" }).click();
  await layla.waitForURL(/filed/);
  file = layla.url().match(/cases\/([0-9a-f-]{36})/)[1];
  await layla.getByText("وصل طلبك").waitFor();
  await look(layla, "portal-case-ar");
});

const rana = await step("Rana registers a passkey, signs in with it and takes the case, by keyboard", async () => {
  const p = await officer("officer", "officer@mfa.xu.example");
  await p.goto(`${URL_}/en/desk/keys`, { waitUntil: "networkidle" });
  await rename(p, "counter", "laptop at the counter", { language: "en", rename: "Rename", name: "New name" });
  await p.goto(`${URL_}/en/desk`);
  await look(p, "desk-queue-en");
  await p.locator("tbody tr").first().waitFor();
  await p.locator("body").press("Enter");
  await p.waitForURL(new RegExp(file));
  await p.getByText("حدّاد").first().waitFor();
  await look(p, "desk-case-en");
  await p.keyboard.press("t");
  await p.getByRole("button", { name: /Propose a decision/ }).waitFor();
  await p.keyboard.press("c");
  await p.getByLabel("What should the person put right?").fill("The street, please. \u202Etxt.exe");
  await p.getByLabel("Street and number").or(p.getByLabel("Address abroad")).first().check();
  await look(p, "desk-correction-en");
  await p.getByRole("button", { name: "Ask for a correction", exact: true }).last().click();
  await p.getByText("The clock stands still").waitFor();
  return p;
});

await step("Layla sees what is asked and answers; marks that turn text around stay inside", async () => {
  await layla.reload();
  await layla.getByText("The street, please.").first().waitFor();
  expect(!(await layla.content()).includes("\u202E"), "a mark that turns text around is shown as it is");
  await look(layla, "portal-correction-ar");
  await layla.getByRole("link", { name: "صحّح" }).click();
  await layla.fill("#f-address-street", "14 Ledra Street");
  await look(layla, "portal-correct-ar");
  await layla.getByRole("button", { name: "أرسل التصحيح" }).click();
  await layla.waitForURL((u) => !u.pathname.endsWith("/correct"));
});

await step("Rana proposes with her passkey; without her confirming it nothing happens", async () => {
  await rana.goto(`${URL_}/en/desk/cases/${file}`);
  const take = rana.getByRole("button", { name: /Take the case/ });
  const propose = rana.getByRole("button", { name: /Propose a decision/ });
  await take.or(propose).first().waitFor();
  if (await take.count()) await take.click();
  await propose.waitFor();
  await rana.keyboard.press("p");
  await rana.getByText("What the seal will say").waitFor();
  await look(rana, "desk-propose-en");
  await rana.passkeys.refuse(true);
  await rana.getByRole("button", { name: "Sign and propose" }).click();
  await rana.getByText("The passkey was not used").waitFor();
  await rana.passkeys.refuse(false);
  await rana.getByRole("button", { name: "Sign and propose" }).click();
  await rana.getByText("A decision is proposed").first().waitFor();
});

await step("she may not confirm her own proposal, and is told why before she tries", async () => {
  expect(await rana.getByRole("button", { name: /Look and confirm/ }).isDisabled(), "her own proposal can be confirmed");
  await rana.getByText(/not open to you/).click();
  await rana.getByText(/a second officer must confirm it/).first().waitFor();
  await look(rana, "desk-refused-en");
});

await step("she holds the passport's lines against the answers", async () => {
  await rana.getByText("Check a passport or card").click();
  const lines = rana.getByLabel("The lines at its foot");
  await lines.fill("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<14");
  await rana.getByRole("button", { name: "Check", exact: true }).click();
  await rana.getByText("Check digits do not hold").waitFor();
  await lines.fill("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");
  await rana.getByRole("button", { name: "Check", exact: true }).click();
  await rana.getByText("It has expired").waitFor();
  expect(!(await rana.getByText("Check digits do not hold").count()), "right digits are called wrong");
  await look(rana, "desk-passport-en");
  await lines.fill("not a passport");
  await rana.getByRole("button", { name: "Check", exact: true }).click();
  await rana.getByRole("alert").waitFor();
});

await step("her own cases in the queue; what she puts back is put back", async () => {
  await rana.goto(`${URL_}/en/desk?whose=me`);
  await rana.locator("tbody tr").first().waitFor();
  await rana.locator("body").press("s");
  await rana.getByText("One chosen").waitFor();
  await look(rana, "desk-batch-en");
  await rana.getByRole("button", { name: "Put them back" }).click();
  await rana.getByText(/0 done, one refused/).waitFor(); // proposed: it waits for the second officer
});

const karim = await step("Karim, the second officer, sees the same and signs it: the document is sealed", async () => {
  const karim = await officer("consul", "consul@mfa.xu.example");
  await karim.goto(`${URL_}/ar/desk/cases/${file}`);
  await karim.getByRole("button", { name: /اطّلع وأكّد/ }).waitFor();
  await karim.keyboard.press("y");
  await karim.getByRole("button", { name: "وقّع وأكّد" }).waitFor();
  await look(karim, "desk-confirm-ar");
  await karim.getByRole("button", { name: "وقّع وأكّد" }).click();
  await karim.getByText(/PPT-\d{4}-\d+/).first().waitFor();
  await look(karim, "desk-decided-ar");
  const number = await karim.getByText(/PPT-\d{4}-\d+/).first().textContent();
  for (let i = 0; i < 20 && !(await karim.getByRole("link", { name: "عرض وطباعة" }).count()); i++) {
    await karim.waitForTimeout(300);
    await karim.reload({ waitUntil: "networkidle" });
  }
  const paper = await karim.evaluate(async (path) => (await fetch(path)).headers.get("Content-Type"), await karim.getByRole("link", { name: "عرض وطباعة" }).getAttribute("href"));
  expect(paper === "application/pdf", `the officer sees ${paper}`);
  await karim.goto(`${URL_}/ar/desk/documents`);
  await karim.getByLabel("رقم الوثيقة").fill(number);
  await karim.getByRole("button", { name: "ابحث" }).click();
  await karim.getByText("سارية", { exact: true }).waitFor();
  await look(karim, "desk-document-ar");
  return karim;
});

await step("Layla holds the document, and sees who looked at her file", async () => {
  const pdf = layla.getByRole("link", { name: /PPT-/ });
  for (let i = 0; i < 20 && !(await pdf.count()); i++) {
    await layla.goto(`${URL_}/ar/cases/${file}`, { waitUntil: "networkidle" });
    await layla.waitForTimeout(300);
  }
  await look(layla, "portal-document-ar");
  const [got] = await Promise.all([layla.waitForEvent("download"), pdf.click()]);
  expect((await got.suggestedFilename()).endsWith(".pdf"), "the document is no PDF");
  await layla.goto(`${URL_}/ar/my-file`);
  await layla.getByText("موظف قنصلي").first().waitFor();
  await look(layla, "portal-my-file-ar");
});

await step("numbers for those who walk in", () => numbers(rana));

await step("who came to the counter has the same case", () => counter(rana, SCAN));

await step("a register that was kept elsewhere", () => register(karim));

await step("the same from a workbook", () => workbook(karim));

await step("forms on paper, for an outage", () => paper(rana));

await step("one person acts for another, as an officer recorded", () => representatives(rana, layla));

await step("the consul sets hours and opens a round; Layla asks for a place, and asks no longer", async () => {
  const on = await openRound(karim, "passport-renewal");
  await ask(layla, file, on);
  await urgent(rana, layla, file, on);
  await led(en, "passport-renewal");
});

await step("Layla and the mission write to each other", () => talk(rana, layla, file));

await step("a fee by bank transfer, from the account to the statement", async () => {
  const head = await officer("head", "head@mfa.xu.example");
  await setUp(head);
  const reference = await order(head, karim, layla, file);
  await statement(rana, layla, file, reference);
});

await step("she holds her passport; how was it?", async () => {
  await rana.evaluate(async (id) => {
    const post = (path, body) => fetch(`/v1/desk/cases/${id}/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const { fee } = await (await fetch(`/v1/desk/cases/${id}`)).json();
    await post("steps", { event: "dispatch", fields: { booklet_number: "UT7654321", bag_number: "B-1" } });
    await post("steps", { event: "arrive" });
    await post("payments", { amount: fee.owed, currency: fee.currency, how: "cash" });
    await post("steps", { event: "hand-over", fields: { signature_seen: "yes", old_passport_cancelled: "yes" } });
  }, file);
  await receipt(rana, file);
  await rate(layla, file);
});

await step("another pays her fee on a page that somebody else hosts, and once more; that goes back to her", async () => repay(rana, karim, await online(en)));

await step("blanks come, one is spoilt, the rest is counted", () => stock(rana, karim));

await step("the day's cash is counted and closed by two officers", () => closeDay(rana, karim));

await step("she ends a session that was left open elsewhere", async () => {
  const elsewhere = await somebody(DESK);
  await elsewhere.goto(`${URL_}/en/sign-in`);
  await signIn(elsewhere, "layla@example.org", en);
  await elsewhere.waitForURL(/cases/);
  await layla.goto(`${URL_}/ar/my-file`);
  await layla.getByRole("button", { name: "إنهاء", exact: true }).first().click();
  await layla.waitForLoadState("networkidle");
  await elsewhere.goto(`${URL_}/en/my-file`);
  await elsewhere.getByText("You are not signed in").first().waitFor();
  await elsewhere.context().close();
});

await step("the same pages in English and French", async () => {
  for (const language of ["en", "fr"]) {
    for (const [name, path] of [["home", ""], ["service", "/services/visa"], ["cases", "/cases"], ["case", `/cases/${file}`], ["my-file", "/my-file"], ["verify", "/verify"], ["missing", "/nothing-here"]]) {
      await layla.goto(`${URL_}/${language}${path}`, { waitUntil: "networkidle" });
      await look(layla, `portal-${name}-${language}`);
    }
  }
});

const minister = await step("the ministry: map, missions, a country, partners, policy, aims, packages", async () => {
  const minister = await officer("minister", "minister@mfa.xu.example");
  for (const language of ["en", "ar", "fr"]) {
    for (const page of ["", "/missions/athens", "/countries/CY", "/partners", "/partners/XA", "/policy", "/aims", "/packages"]) {
      await minister.goto(`${URL_}/${language}/ministry${page}`, { waitUntil: "networkidle" });
      await minister.locator("h1").waitFor();
      await look(minister, `ministry${page.replaceAll("/", "-")}-${language}`);
    }
  }
  await minister.goto(`${URL_}/en/ministry`);
  const [csv] = await Promise.all([minister.waitForEvent("download"), minister.getByRole("button", { name: /CSV/ }).first().click()]);
  expect(csv.suggestedFilename().endsWith(".csv"), "no table to take away");
  await weight(await somebody(DESK), "/en/desk", 300_000, "desk");
  return minister;
});

await persons(step); // before a service of theirs is retired
await ministry(step, minister);
await arranging(step, minister);

await step("what is typed is shown and never run", async () => {
  const mallory = await somebody(DESK);
  let ran = false;
  await mallory.exposeFunction("ran", () => (ran = true));
  await mallory.goto(`${URL_}/en/sign-in`);
  await signIn(mallory, "mallory@example.org", en);
  await mallory.waitForURL(/cases/);
  await mallory.goto(`${URL_}/en/my-file`);
  const evil = '<img src=x onerror="ran()"><script>ran()</script>';
  await mallory.getByLabel("Surname", { exact: true }).fill(evil);
  await mallory.getByLabel("Given names", { exact: true }).fill("x");
  await mallory.getByLabel("Date of birth").fill("1990-01-01");
  await mallory.getByLabel("Nationality").selectOption("UTO");
  await mallory.getByRole("button", { name: "Save" }).click();
  await mallory.getByText("Saved").waitFor();
  await mallory.reload({ waitUntil: "networkidle" });
  expect((await mallory.getByLabel("Surname", { exact: true }).inputValue()) === evil, "the text is not kept as it was typed");
  expect(!ran, "a text ran as a script");
  await mallory.goto(`${URL_}/en/cases/${file}`);
  await mallory.getByRole("alert").waitFor();
  expect(!(await mallory.content()).includes("Haddad"), "somebody else's case is shown");
});

await step("no other site acts in somebody's name, frames a page, or is sent to", async () => {
  const answer = await layla.request.get(`${URL_}/en`);
  const policy = answer.headers()["content-security-policy"] ?? "";
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) expect(policy.includes(part), `the policy of pages lacks ${part}`);
  const cookies = await layla.context().cookies();
  expect(cookies.every((c) => c.httpOnly && c.sameSite === "Strict"), "a cookie that scripts or other sites may use");
  const forged = await layla.request.post(`${URL_}/v1/person/erase`, { headers: { "Sec-Fetch-Site": "cross-site" } });
  expect(forged.status() === 401, `a write from another site: ${forged.status()}`);
  const away = await somebody(DESK);
  await away.goto(`${URL_}/en/sign-in?to=${encodeURIComponent("https://evil.example/")}`);
  await signIn(away, "away@example.org", en);
  await away.waitForURL(/\/en\/cases$/);
});

await step("an ended session in the middle of a form loses nothing", async () => {
  const sami = await somebody(PHONE);
  await begin(sami, "en", "consular-registration", en, "sami@example.org");
  await sami.locator("#f-surname").waitFor();
  await sami.context().clearCookies();
  await sami.fill("#f-surname", "Kept");
  await sami.getByRole("link", { name: "Sign in" }).last().waitFor();
  await look(sami, "portal-session-ended-en");
  await sami.locator(".notice").getByRole("link", { name: "Sign in" }).click();
  await signIn(sami, "sami@example.org", en);
  await sami.waitForURL(/apply/);
  await sami.locator("#f-surname").waitFor();
  expect((await sami.inputValue("#f-surname")) === "Kept", "what was typed is lost");
});

await close();
