// scenes.mjs - the six scenes of docs/guide/*/six-scenes.md, walked in Arabic against a demo state, as a deputy minister
// would see them: no word of the machine, no English in the sentences
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./ministry.mjs";
import { close, DESK, expect, fail, look, officer, open, PHONE, signIn, somebody, step, URL_ } from "./browser.mjs";

const SHOTS = process.env.SIFARA_SHOTS;
const words = JSON.parse(readFileSync(new URL("../../words/ar.json", import.meta.url), "utf8"));
const w = (key) => words[`screen.${key}`];
const button = (page, key) => page.getByRole("button", { name: w(key), exact: true });

/** Names of acts, of files and of fields are the machine's; people's addresses and numbers may stay. */
async function plain(page, name) {
  await look(page, `scene-${name}`);
  const text = await page.evaluate(() => document.querySelector("main")?.innerText ?? "");
  const found = text.match(/\b(case|document|help|intelligence|figures|package|protection|partner|policy|note|engagement)\.[a-z-]+\b|\b[a-z]+_[a-z]+\b|Sifara::|facts\//g);
  if (found) fail(`${name}: words of the machine: ${[...new Set(found)].slice(0, 5).join(" ")}`);
}

const to = (page, path) => page.goto(`${URL_}/ar${path}`, { waitUntil: "networkidle" });

async function map(minister) {
  await to(minister, "/ministry");
  await minister.locator(".world svg path").first().waitFor();
  await minister.getByText(w("ministry.way.afar"), { exact: true }).first().waitFor();
  expect((await minister.locator(".ages rect").count()) === 5, "no chart of the age of the work");
  await plain(minister, "map");
}

/* ---- a worker far from any mission gets a paper that a phone verifies -------------------------- */

const answers = (phone) => ({
  surname: "منصور", given_names: "سامر", surname_latin: "Mansour", given_names_latin: "Samer", birth_date: "1991-04-12",
  birth_place: "المدينة البيضاء", birth_place_latin: "Madinat al-Bayda", nationality: "UTO", passport_number: "U7654321",
  address: { street: "Harbour Road 12", city: "Larnaca", country: "CY" }, residence_since: "2021-09-01", purpose: "work", phone,
});

async function apply(worker) {
  await to(worker, "");
  await worker.selectOption("#where", "CY");
  await worker.getByText("بيروت").first().waitFor();
  await plain(worker, "worker-begins");
  await to(worker, "/sign-in");
  await signIn(worker, "samer@example.org", { email: "البريد الإلكتروني", send: "أرسل لي رمزًا", code: "الرمز", signIn: w("common.sign-in") });
  await worker.waitForURL((u) => !u.pathname.endsWith("/sign-in"));
  const filed = await ask(worker, "POST", "/v1/applications", { service: "consular-registration", country: "CY", answers: answers("+35799654321") });
  expect(filed.status < 300, `the application: ${filed.status} ${JSON.stringify(filed.body)}`);
  await to(worker, `/cases/${filed.body.id}`);
  await plain(worker, "worker-applied");
  return filed.body.id;
}

async function decide(rana, karim, id) {
  await to(rana, `/desk/cases/${id}`);
  await rana.getByText("منصور").first().waitFor();
  await rana.keyboard.press("t");
  await rana.waitForTimeout(300);
  await rana.getByText(w("desk.history")).first().waitFor();
  await rana.locator("kbd", { hasText: "p" }).first().waitFor();
  await rana.keyboard.press("p");
  await button(rana, "desk.sign-and-propose").click();
  await rana.locator("kbd", { hasText: "p" }).first().waitFor({ state: "detached" });
  await to(karim, `/desk/cases/${id}`);
  await karim.locator("kbd", { hasText: "y" }).first().waitFor();
  await karim.keyboard.press("y");
  await button(karim, "desk.sign-and-confirm").click();
  await karim.locator("kbd", { hasText: "y" }).first().waitFor({ state: "detached" });
}

async function fetched(page, path, name) {
  const at = join(SHOTS, name);
  writeFileSync(at, await (await page.request.get(`${URL_}${path}`)).body());
  return at;
}

/** Without a network: the page, the lists and the paper lie on the phone. */
async function verify(worker, id) {
  const link = worker.locator('a[href*="/pdf"]').first();
  for (let i = 0; i < 20 && !(await link.count()); i++) {
    await worker.waitForTimeout(500);
    await to(worker, `/cases/${id}`);
  }
  await plain(worker, "worker-document");
  const paper = await fetched(worker, await link.getAttribute("href"), "scene-paper.pdf");
  const lists = [await fetched(worker, "/v1/trust-list", "scene-trust.json"), await fetched(worker, "/v1/revocations", "scene-revocations.json")];
  const page = await fetched(worker, "/assets/sifara-verify.html", "scene-verify.html");
  const phone = await somebody(PHONE, { offline: true });
  await phone.goto(`file://${page}`);
  await phone.locator('[data-turn="ar"]').click();
  await phone.setInputFiles("#file", paper);
  await phone.setInputFiles("#trust", lists);
  await phone.locator("#check").click();
  await phone.getByText("الختم أصلي").waitFor();
  await phone.screenshot({ path: join(SHOTS, "scene-phone.png"), fullPage: true });
  await phone.context().close();
}

/* ---- an agreement is suspended, and an act is refused ------------------------------------------- */

async function protect(head) {
  await to(head, "/ministry/countries/XA");
  await head.locator("#which-act").selectOption("protection.give");
  await head.locator("#act-aim").selectOption("protect-everywhere");
  await head.locator("#act-capability").selectOption("consular-desk");
}

async function suspend(minister) {
  await to(minister, "/ministry/policy/draft");
  await minister.locator("#suspend").selectOption("XA-CONSULAR-2025");
  await button(minister, "ministry.suspend-in-draft").click();
  await button(minister, "ministry.compare").click();
  await minister.getByText(w("ministry.agreement-ends")).waitFor({ timeout: 60_000 });
  await minister.getByText("بحّار من أركاديا في طرابلس").waitFor();
  await plain(minister, "draft");
  await button(minister, "ministry.propose-draft").click();
  await minister.getByRole("link", { name: w("ministry.to-the-proposal") }).click();
  await minister.getByText(w("ministry.another-adopts")).waitFor({ timeout: 60_000 });
}

async function adopt(deputy, head) {
  await to(deputy, "/ministry/policy");
  await deputy.getByRole("row", { name: new RegExp(w("ministry.policy-waits")) }).getByRole("link").click();
  await deputy.getByText(w("ministry.agreement-ends")).waitFor({ timeout: 60_000 });
  await plain(deputy, "proposal");
  await button(deputy, "ministry.sign-and-adopt").click();
  await deputy.getByText(w("ministry.policy-in-force")).first().waitFor();
  await protect(head);
  await head.getByText(w("ministry.would-refuse")).waitFor();
  await head.getByText("الاتفاق مع أركاديا بشأن الحماية القنصلية، المادتان ٢ و٣").waitFor();
  expect(await button(head, "ministry.do.protection.give").isDisabled(), "what the policy refuses can be pressed");
  await plain(head, "refused");
}

/* ---- the file of a host country, a service in words, minutes and cost --------------------------- */

async function file(minister) {
  await to(minister, "/ministry/countries/XA");
  await minister.getByText("إلينا ماركيز").first().waitFor();
  await minister.getByText("تدريب فريق أركاديا على خدمة وثيقة السفر").first().waitFor();
  await plain(minister, "country");
  await minister.getByRole("link", { name: w("ministry.make-brief") }).click();
  await minister.getByRole("heading", { name: w("ministry.pledges-due") }).waitFor();
  await plain(minister, "brief");
}

async function service(minister) {
  await to(minister, "/ministry/packages");
  await minister.getByRole("link", { name: "تجديد جواز السفر" }).first().click();
  await minister.getByRole("heading", { name: w("ministry.in-words") }).waitFor();
  await minister.getByText(w("ministry.life-of-case")).waitFor();
  await plain(minister, "package");
}

/** From the sum to one case, from the case to an entry of the journal, with its reason. */
async function saved(deputy) {
  await to(deputy, "/ministry/costs");
  await deputy.getByText(w("ministry.cost-saved")).first().waitFor();
  await plain(deputy, "costs");
  await deputy.getByRole("link", { name: "القيد القنصلي" }).click();
  await deputy.getByRole("link", { name: /بيروت/ }).last().click();
  await deputy.locator("td summary").first().click();
  await deputy.getByText(w("ministry.did.case.confirm")).first().waitFor();
  await plain(deputy, "evidence");
  await deputy.locator('details[open] a[href*="/ministry/journal/"]').last().click();
  await deputy.getByRole("heading", { name: w("ministry.why") }).waitFor();
  await plain(deputy, "entry");
}

await open();
const minister = await officer("minister", "minister@mfa.xu.example", DESK);
const deputy = await officer("deputy", "deputy@mfa.xu.example", DESK);
await step("1. who serves our people where", () => map(minister));
const worker = await somebody(PHONE);
const id = await step("2. a worker where no mission stands applies from a phone", () => apply(worker));
await step("   two officers of Beirut sign with their passkeys", async () =>
  decide(await officer("rana.khalil", "rana.khalil@mfa.xu.example"), await officer("karim.nassar", "karim.nassar@mfa.xu.example"), id),
);
await step("   and a phone without a network says that the paper is genuine", () => verify(worker, id));
await step("4. the file of a host country, and a sheet for the meeting", () => file(minister));
await step("5. a service in words", () => service(minister));
await step("6. minutes and cost saved, down to an entry", () => saved(deputy));
const head = await step("3. before: the head of mission may protect Arcadia's citizens", async () => {
  const p = await officer("mariam.aziz", "mariam.aziz@mfa.xu.example");
  await protect(p);
  await p.getByText(w("ministry.would-permit")).waitFor();
  return p;
});
await step("   a draft to suspend the agreement lists whom it touches", () => suspend(minister));
await step("   a second officer signs it, and the act is refused with the article", () => adopt(deputy, head));
await close();
