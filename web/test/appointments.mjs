// appointments.mjs - appointments, messages, notes and the last question, as a person on a phone and officers at a
// desk have them; in Arabic and English
import { readFileSync } from "node:fs";
import { DESK, expect, look, PHONE, signIn, somebody, URL_ } from "./browser.mjs";

const SCAN = process.env.SIFARA_SCAN;
const day = (n) => new Date(Date.now() + n * 86_400_000);
const iso = (d) => d.toISOString().slice(0, 10);

/** A Monday to Thursday about two weeks away: the mission in Athens is closed from Friday on. */
function workingDay() {
  for (let n = 14; ; n++) if ([1, 2, 3, 4].includes(day(n).getUTCDay())) return iso(day(n));
}

/** The consul sets the hours of a service and opens a round. */
export async function openRound(consul, service) {
  const on = workingDay();
  await consul.goto(`${URL_}/en/desk/appointments`, { waitUntil: "networkidle" });
  await consul.getByLabel("Service").selectOption(service);
  await consul.getByLabel("Minutes for each person").fill("30");
  await consul.getByRole("button", { name: "Save" }).click();
  await consul.getByLabel("First day").fill(on);
  await consul.getByLabel("Last day").fill(on);
  await consul.getByLabel("Closes").fill(`${iso(day(2))}T09:00`);
  await look(consul, "desk-appointments-en");
  await consul.getByRole("button", { name: "Open the round", exact: true }).click();
  await consul.getByText("The round is open.").waitFor();
  await consul.getByRole("row", { name: /open/ }).first().waitFor();
  await consul.goto(`${URL_}/ar/desk/appointments`, { waitUntil: "networkidle" });
  await look(consul, "desk-appointments-ar");
  return on;
}

/** A person asks in Arabic, on a phone, for wishes in their order; sees it again; asks no longer, and asks again. */
export async function ask(person, file, on) {
  await person.setViewportSize(PHONE);
  await person.goto(`${URL_}/ar/cases/${file}`, { waitUntil: "networkidle" });
  await look(person, "portal-appointment-ask-ar");
  await person.getByLabel(/^الرغبة ١$/).selectOption(`${on}T09:30`);
  await person.getByLabel(/^الرغبة ٢$/).selectOption(on);
  await person.getByRole("button", { name: "اطلب موعدًا" }).click();
  await person.getByText("سُجّل طلبك").waitFor();
  await look(person, "portal-appointment-asked-ar");
  await person.getByRole("button", { name: "اسحب الطلب" }).click();
  await person.getByRole("button", { name: "اطلب موعدًا" }).click();
  await person.getByText("سُجّل طلبك").waitFor();
  await person.getByRole("button", { name: "اسحب الطلب" }).click();
  await person.getByRole("button", { name: "اطلب موعدًا" }).waitFor();
}

/** Whoever drafts is led to the appointment before all is looked over, and back to the draft from where it stands. */
export async function led(words, service) {
  const { answers } = JSON.parse(readFileSync(new URL(`../../services/${service}/golden.json`, import.meta.url), "utf8")).cases[0];
  const dana = await somebody(PHONE);
  await dana.goto(`${URL_}/en/sign-in`);
  await signIn(dana, "dana@example.org", words);
  await dana.waitForURL(/cases/);
  const begun = (country) =>
    dana.evaluate(
      async ([s, c, a]) => {
        const send = (method, path, body) => fetch(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
        const { id } = await (await send("POST", "/v1/cases", { service: s, country: c })).json();
        await send("PUT", `/v1/cases/${id}/answers`, { answers: a });
        return id;
      },
      [service, country, answers],
    );
  const file = await begun("CY");
  await dana.goto(`${URL_}/ar/cases/${file}/apply?page=documents`, { waitUntil: "networkidle" });
  await dana.getByRole("button", { name: "متابعة" }).click();
  await dana.getByRole("heading", { name: "موعدك", level: 1 }).waitFor();
  await look(dana, "portal-draft-appointment-ar");
  await dana.getByRole("button", { name: "اطلب موعدًا" }).click();
  await dana.getByText("سُجّل طلبك").waitFor();
  await dana.getByRole("button", { name: "متابعة" }).click();
  await dana.getByText("طلبتَ موعدًا؛").waitFor();
  await look(dana, "portal-draft-review-ar");
  await dana.goto(`${URL_}/en/cases/${file}`, { waitUntil: "networkidle" });
  await dana.getByRole("link", { name: /You have asked; drawn on/ }).waitFor();
  await look(dana, "portal-draft-case-en");
  await dana.getByRole("link", { name: "Go on with the application" }).click();
  await dana.waitForURL(/apply/);
  await dana.setViewportSize(DESK);
  await dana.goto(`${URL_}/en/cases/${file}/apply?page=appointment`, { waitUntil: "networkidle" });
  await dana.getByRole("button", { name: "Ask no longer" }).click();
  await dana.getByText("Ask for a place until").waitFor();
  await look(dana, "portal-draft-appointment-en");
  const elsewhere = await begun("JP");
  await dana.goto(`${URL_}/en/cases/${elsewhere}/apply?page=review`, { waitUntil: "networkidle" });
  await dana.getByText("None needed").waitFor();
  await dana.goto(`${URL_}/en/cases/${elsewhere}`, { waitUntil: "networkidle" });
  await dana.getByText("you need none").waitFor();
  await dana.context().close();
}

/** An urgent place: the person has it, with a calendar file, and gives it back in English on a desk. */
export async function urgent(officer, person, file, on) {
  await officer.goto(`${URL_}/en/desk/cases/${file}`, { waitUntil: "networkidle" });
  await officer.getByText("Give an urgent appointment").click();
  await officer.getByLabel("Day and time").fill(`${on}T11:30`);
  await officer.getByLabel("Reason, which the person sees").fill("Surgery abroad");
  await officer.getByRole("button", { name: "Give the appointment" }).click();
  await officer.getByText("Give an urgent appointment").waitFor();
  await person.goto(`${URL_}/ar/cases/${file}`, { waitUntil: "networkidle" });
  await person.getByText("أضفه إلى تقويمي").waitFor();
  await look(person, "portal-appointment-ar");
  const [calendar] = await Promise.all([person.waitForEvent("download"), person.getByText("أضفه إلى تقويمي").click()]);
  expect(calendar.suggestedFilename() === "appointment.ics", "no calendar file");
  await officer.goto(`${URL_}/en/desk/today?day=${on}`, { waitUntil: "networkidle" });
  await officer.getByText("urgent").waitFor();
  await look(officer, "desk-today-en");
  await officer.locator("body").press("m");
  await officer.getByRole("alert").waitFor();
  await officer.locator("body").press("a");
  await officer.getByRole("cell", { name: "arrived", exact: true }).waitFor();
  await officer.locator("body").press("s");
  await officer.getByRole("cell", { name: "served", exact: true }).waitFor();
  await officer.goto(`${URL_}/ar/desk/today?day=${on}`, { waitUntil: "networkidle" });
  await look(officer, "desk-today-ar");
}

/** Both sides write; notes stay on the desk; the inbox empties. */
export async function talk(officer, person, file) {
  await person.goto(`${URL_}/en/cases/${file}`, { waitUntil: "networkidle" });
  await person.getByLabel("Write to the mission").fill("When can I come?\n\u202Egpj.exe");
  await person.getByLabel("Add a file").setInputFiles(SCAN);
  await person.getByRole("button", { name: "Remove" }).waitFor();
  await person.getByRole("button", { name: "Send the message" }).click();
  await person.getByText("It is the mission’s turn to answer.").waitFor();
  expect(!(await person.content()).includes("\u202E"), "a mark that turns text around is shown as it is");
  await officer.goto(`${URL_}/en/desk/messages`, { waitUntil: "networkidle" });
  await look(officer, "desk-inbox-en");
  await officer.locator(`a[href*="${file}"]`).click();
  await officer.getByText("When can I come?").waitFor();
  const [scan] = await Promise.all([officer.waitForEvent("download"), officer.getByRole("link", { name: "scan.png" }).click()]);
  expect(scan.suggestedFilename() === "scan.png", "the file of the message");
  await officer.getByLabel("Note something").fill("Called; wants Monday.");
  await officer.getByRole("button", { name: "Add the note" }).click();
  await officer.getByText("Called; wants Monday.").waitFor();
  await officer.getByLabel("Write to the person").fill("On Monday at nine.");
  await officer.getByRole("button", { name: "Send the message" }).click();
  await officer.getByText("On Monday at nine.").waitFor();
  await look(officer, "desk-talk-en");
  await person.setViewportSize(DESK);
  await person.goto(`${URL_}/ar/cases/${file}`, { waitUntil: "networkidle" });
  await person.getByText("On Monday at nine.").waitFor();
  expect(!(await person.content()).includes("wants Monday"), "a note of officers is shown to the person");
  await look(person, "portal-messages-ar");
  await person.setViewportSize(PHONE);
  await officer.goto(`${URL_}/ar/desk/messages`, { waitUntil: "networkidle" });
  await officer.getByText("حصل الجميع على جواب.").waitFor();
  await look(officer, "desk-inbox-ar");
}

/** Once the case has ended: one page, once. */
export async function rate(person, file) {
  await person.goto(`${URL_}/ar/cases/${file}`, { waitUntil: "networkidle" });
  await person.getByRole("link", { name: "أخبرنا في نصف دقيقة" }).click();
  await person.getByLabel("راضٍ", { exact: true }).check();
  await look(person, "portal-rating-ar");
  await person.getByRole("button", { name: "أرسل", exact: true }).click();
  await person.getByText("وصلت إجابتك").waitFor();
  await person.goto(`${URL_}/en/cases/${file}/rating`, { waitUntil: "networkidle" });
  await person.getByText("Thank you.").waitFor();
  await look(person, "portal-rating-en");
}
