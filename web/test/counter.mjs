// counter.mjs - the counter: numbers for those who walk in, and a case entered for somebody who has no account
import { expect, look, PHONE, somebody, URL_ } from "./browser.mjs";

const next = (page) => page.getByRole("button", { name: "Continue" }).click();

/** By keys alone; the waiting room sees numbers, and nobody's name. */
export async function numbers(officer) {
  await officer.goto(`${URL_}/en/desk/numbers`, { waitUntil: "networkidle" });
  await officer.getByText("Nobody is at your counter").waitFor();
  for (const n of ["1", "2"]) {
    await officer.locator("body").press("g");
    await officer.getByText(`Number ${n}`, { exact: true }).waitFor();
  }
  const room = await somebody(PHONE);
  await room.goto(`${URL_}/ar/board/athens`, { waitUntil: "networkidle" });
  await room.getByText("اثنان ينتظران").waitFor();
  await officer.locator("body").press("n");
  await officer.getByText("You are serving number 1").waitFor();
  await look(officer, "desk-numbers-en");
  await room.getByText("الشباك ١").waitFor();
  await look(room, "portal-board-ar");
  await officer.locator("body").press("n");
  await officer.getByText("You are serving number 2").waitFor();
  await officer.locator("body").press("a");
  await officer.getByText("Nobody is at your counter").waitFor();
  await officer.locator("body").press("n");
  await officer.getByRole("alert").waitFor();
  await officer.goto(`${URL_}/ar/desk/numbers`, { waitUntil: "networkidle" });
  await look(officer, "desk-numbers-ar");
  await room.goto(`${URL_}/en/board/nowhere`, { waitUntil: "networkidle" });
  await room.getByRole("alert").waitFor();
  await room.context().close();
}

async function date(page, field, year, month, day) {
  await page.fill(`#f-${field}-day`, day);
  await page.selectOption(`#f-${field}-month`, month);
  await page.fill(`#f-${field}-year`, year);
}

/** For the day on which nothing works: a form on paper, in each language. */
export async function paper(officer) {
  await officer.goto(`${URL_}/en/desk/forms`, { waitUntil: "networkidle" });
  await look(officer, "desk-forms-en");
  await officer.getByRole("row", { name: /Passport renewal/ }).getByRole("link", { name: "العربية" }).click();
  await officer.getByText("تملؤه البعثة").waitFor();
  await look(officer, "desk-form-ar");
  await officer.goto(officer.url().replace("/ar/", "/en/"), { waitUntil: "networkidle" });
  await look(officer, "desk-form-en");
}

/** From the passport's lines to the receipt. */
export async function counter(officer, scan) {
  await officer.goto(`${URL_}/en/desk/counter`, { waitUntil: "networkidle" });
  await look(officer, "desk-counter-en");
  await officer.getByText("Read a passport or card").click();
  await officer.getByLabel("The lines at its foot").fill("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");
  await officer.getByRole("button", { name: "Fill in the form from it" }).click();
  await officer.waitForFunction(() => [...document.querySelectorAll("input")].some((i) => i.value === "ERIKSSON"));
  expect((await officer.getByLabel("Surname", { exact: true }).inputValue()) === "ERIKSSON", "the lines fill in nothing");
  expect((await officer.getByLabel("Date of birth").inputValue()) === "1974-08-12", "the lines give no birth date");
  await officer.getByRole("button", { name: "Look for the person" }).click();
  await officer.getByText("Nobody like this is on record.").waitFor();
  await officer.getByLabel("What did you see?").fill("Passport L898902C3");
  await look(officer, "desk-counter-record-en");
  await officer.getByRole("button", { name: "Record", exact: true }).click();
  await officer.getByRole("heading", { name: "Open a case" }).waitFor();
  await officer.getByRole("button", { name: "Another person" }).click();
  await officer.getByLabel("Surname", { exact: true }).fill("");
  await officer.getByLabel("Given names", { exact: true }).fill("");
  await officer.getByRole("button", { name: "Look for the person" }).click();
  await officer.getByText("One person found").waitFor();
  await look(officer, "desk-counter-found-en");
  await officer.getByRole("button", { name: "Go on with this person" }).click();
  await officer.getByLabel("Service").selectOption("certificate");
  await officer.getByLabel("Country where the person is").selectOption("CY");
  await officer.getByLabel("By post").check();
  await officer.getByLabel("Day on which it came").fill(new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10));
  await officer.getByLabel("At what time").fill("10:35");
  await look(officer, "desk-counter-open-en");
  await officer.getByRole("button", { name: "Open the case" }).click();
  await officer.waitForURL(/desk\/counter\/[0-9a-f-]{36}$/);
  await next(officer);
  await officer.getByRole("alert").waitFor();
  await look(officer, "desk-counter-mistakes-en");
  await officer.locator("#f-kind-life").check();
  await officer.fill("#f-addressee", "Pension Fund of Utopia");
  await officer.selectOption("#f-used_in", "CY");
  await next(officer);
  await officer.fill("#f-name", "آنا إريكسون");
  await officer.fill("#f-name_latin", "Anna Maria Eriksson");
  await date(officer, "birth_date", "1974", "8", "12");
  await officer.fill("#f-birth_place", "Amaurot");
  await officer.selectOption("#f-nationality", "UTO");
  await officer.fill("#f-passport_number", "UT1234567");
  await next(officer);
  await officer.locator("#f-life-seen-counter").check();
  await officer.fill("#f-life-pension", "P-4471");
  await next(officer);
  // what was entered is kept: the page is closed and opened again
  await officer.locator("#f-address-street").waitFor();
  await officer.reload({ waitUntil: "networkidle" });
  await officer.fill("#f-address-street", "12 Nile Street");
  await officer.fill("#f-address-city", "Nicosia");
  await officer.selectOption("#f-address-country", "CY");
  await officer.fill("#f-phone", "+35799123456");
  await next(officer);
  await officer.locator("#file-identity").setInputFiles(scan);
  await officer.locator("#file-identity").locator("xpath=..").getByText("scan.png").waitFor();
  await next(officer);
  await officer.getByText("آنا إريكسون").waitFor();
  await look(officer, "desk-counter-review-en");
  await officer.getByRole("button", { name: "Lodge the application" }).click();
  await officer.waitForURL(/receipt$/);
  await officer.getByText("By post").waitFor();
  await look(officer, "desk-counter-receipt-en");
  await officer.goto(officer.url().replace("/en/", "/ar/"), { waitUntil: "networkidle" });
  await look(officer, "desk-counter-receipt-ar");
  await officer.goto(`${URL_}/ar/desk/counter`, { waitUntil: "networkidle" });
  await look(officer, "desk-counter-ar");
}
