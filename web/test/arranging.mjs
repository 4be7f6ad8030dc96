// arranging.mjs - journeys of two officers of the ministry and a head of mission: a state is accredited and suspended,
// witnesses are chosen, a mission opens, signs its holidays and closes, a package is offered and retired
import { join } from "node:path";
import { expect, look, officer, URL_ } from "./browser.mjs";
import { packages as offered } from "./packages.mjs";

const KEYS = process.env.SIFARA_KEYS;
const PACKAGE = process.env.SIFARA_PACKAGE;
const SCAN = process.env.SIFARA_SCAN;

async function accredit(minister, deputy) {
  const fingerprint = process.env.SIFARA_FINGERPRINT;
  await minister.goto(`${URL_}/en/ministry/partners`, { waitUntil: "networkidle" });
  await minister.getByRole("link", { name: "Arcadia" }).click();
  await minister.getByRole("button", { name: "Accredit" }).click();
  await minister.getByLabel("Letter of credence (file)").setInputFiles(join(KEYS, "XA.letter"));
  await minister.getByLabel("Note verbale (scan)").setInputFiles(SCAN);
  await minister.getByLabel("Fingerprint").fill(fingerprint.replaceAll(/[0-9]/g, "1"));
  await minister.getByRole("button", { name: "Compare the letter with the note" }).click();
  await minister.getByRole("alert").waitFor();
  await minister.getByLabel("Fingerprint").fill(fingerprint);
  await minister.getByRole("button", { name: "Compare the letter with the note" }).click();
  await minister.getByText("The letter’s key is the one of the note verbale.").waitFor();
  await look(minister, "ministry-letter-en");
  await minister.getByRole("button", { name: "Sign and propose" }).click();
  await minister.getByText("Proposed. Another officer").waitFor();
  expect(await minister.getByRole("button", { name: "Sign and confirm" }).isDisabled(), "one officer may confirm what is their own");
  await minister.getByText("A second officer compares the note verbale and confirms.").waitFor();
  await deputy.goto(`${URL_}/ar/ministry/partners/XA`, { waitUntil: "networkidle" });
  await deputy.getByLabel("البصمة").fill(fingerprint);
  await look(deputy, "ministry-standing-ar");
  await deputy.getByRole("button", { name: "وقّع وأكّد" }).click();
  await deputy.getByText("وقّع الاثنان").waitFor();
  await deputy.getByRole("button", { name: "تعليق" }).click();
  await deputy.getByLabel("السبب").fill("تحقيق");
  await deputy.getByRole("button", { name: "اقرأ ما ستوقّعه" }).click();
  await deputy.getByRole("button", { name: "وقّع واقترح" }).first().click();
  await deputy.getByText("اقتُرح. يؤكده").waitFor();
  await minister.goto(`${URL_}/en/ministry/partners/XA`, { waitUntil: "networkidle" });
  await minister.getByRole("button", { name: "Sign and confirm" }).click();
  await minister.getByRole("button", { name: "Restore" }).waitFor();
  await look(minister, "ministry-suspended-en");
}

async function witnesses(minister, deputy) {
  await minister.goto(`${URL_}/en/ministry/partners`, { waitUntil: "networkidle" });
  await minister.getByText("Choose the witnesses").click();
  await minister.getByRole("button", { name: "Sign and propose" }).click();
  await minister.getByText("Proposed witnesses").waitFor();
  await deputy.goto(`${URL_}/en/ministry/partners`, { waitUntil: "networkidle" });
  await deputy.getByRole("button", { name: "Sign and confirm" }).click();
  await deputy.getByText("Choose the witnesses").waitFor();
}

export async function mission(minister, head) {
  await minister.goto(`${URL_}/en/ministry/open-mission`, { waitUntil: "networkidle" });
  await minister.getByLabel("Host country").selectOption("BG");
  await minister.getByLabel("Name in Arabic").fill("سفارة يوتوبيا في صوفيا");
  await minister.getByLabel("Name in English").fill("Embassy of Utopia in Sofia");
  await minister.getByLabel("Name in French").fill("Ambassade d’Utopie à Sofia");
  await minister.getByLabel("Short name").fill("sofia");
  await minister.getByLabel("Time zone").fill("Europe/Sofia");
  await look(minister, "ministry-open-mission-en");
  await minister.getByRole("button", { name: "Open a mission" }).click();
  await minister.getByText("Let it serve further countries").click();
  await minister.getByLabel("Host country").selectOption("BG");
  await minister.getByRole("button", { name: "Let it serve these" }).click();
  await minister.getByRole("link", { name: "Bulgaria" }).waitFor();
  await minister.getByText("Close the mission").first().click();
  await minister.getByText("Still missing at this mission").waitFor();
  await minister.getByText("Nobody has this role yet: Consul", { exact: true }).waitFor();
  await minister.getByRole("link", { name: "Bulgaria looks to it" }).waitFor();
  expect(await minister.getByRole("button", { name: "Close the mission" }).isDisabled(), "a mission that a country looks to may be closed");
  await look(minister, "ministry-mission-en");
  await minister.goto(`${URL_}/ar/ministry/missions/sofia`, { waitUntil: "networkidle" });
  await minister.getByText("إغلاق البعثة").first().click();
  await minister.getByRole("link", { name: "بلغاريا تتبعها" }).waitFor();
  await look(minister, "ministry-mission-in-the-way-ar");
  await minister.getByLabel("أي بعثة تتولى مكانها؟").selectOption("athens");
  await minister.getByRole("button", { name: "نقل دولها إليها" }).click();
  await minister.getByRole("link", { name: "بلغاريا تتبعها" }).waitFor({ state: "detached" });
  await minister.getByRole("button", { name: "إغلاق البعثة" }).click();
  await minister.getByText("هذه البعثة مغلقة").waitFor();
  await head.goto(`${URL_}/ar/ministry/missions/athens`, { waitUntil: "networkidle" });
  await head.getByText("تعديل ساعات العمل").click();
  await head.getByLabel("في الطوارئ، في أي ساعة").fill("+302101234567");
  await head.getByRole("button", { name: "حفظ" }).click();
  await head.getByRole("link", { name: "+302101234567" }).waitFor();
  await head.getByText(/^تعديل أيام/).click();
  await head.getByRole("button", { name: "إضافة يوم" }).click();
  const year = new Date().getFullYear() + 1;
  await head.getByLabel("اليوم").last().fill(`${year}-03-25`);
  await head.getByLabel("المناسبة").last().fill("عيد الاستقلال");
  await head.getByRole("button", { name: "توقيع التقويم" }).click();
  await head.getByText("وقّعه Officer head.").waitFor();
  await head.getByRole("cell", { name: "عيد الاستقلال" }).waitFor();
  await look(head, "ministry-calendar-ar");
  await head.getByText("إغلاق البعثة").first().click();
  expect(await head.getByRole("button", { name: "إغلاق البعثة" }).isDisabled(), "a head of mission may close it");
  await head.goto(`${URL_}/ar`, { waitUntil: "networkidle" });
  await head.selectOption("#where", "GR");
  await head.getByRole("link", { name: "+302101234567" }).waitFor();
}

async function leave(minister, head, consul) {
  await head.goto(`${URL_}/en/ministry/missions/athens`, { waitUntil: "networkidle" });
  await head.getByText("Lend a role during leave").click();
  await head.getByLabel("On leave", { exact: true }).selectOption({ label: "Officer consul" });
  await head.getByLabel("Stands in", { exact: true }).selectOption({ label: "Officer officer" });
  await head.getByLabel("Until", { exact: true }).fill(new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10));
  await head.getByRole("button", { name: "Sign and propose" }).click();
  await head.getByText("waits for a second officer").first().waitFor();
  await minister.goto(`${URL_}/ar/ministry/missions/athens`, { waitUntil: "networkidle" });
  await minister.getByRole("button", { name: "وقّع وأكّد" }).click();
  await minister.getByText("سارية", { exact: true }).waitFor();
  await look(minister, "ministry-staff-ar");
  await consul.goto(`${URL_}/ar/desk/incidents`, { waitUntil: "networkidle" });
  await consul.getByText("تسجيل حادث").first().click();
  await consul.getByLabel("ماذا حدث").fill("انقطع الخط ساعة");
  await consul.getByRole("button", { name: "تسجيل حادث" }).click();
  await consul.getByRole("button", { name: "المزيد" }).click();
  await consul.getByRole("button", { name: "تولّيه" }).click();
  await consul.getByLabel("ما استُفيد").fill("خط ثانٍ");
  await look(consul, "desk-incidents-ar");
  await consul.getByRole("button", { name: "إغلاقه" }).click();
  await consul.getByText("لا حادث مفتوح.").waitFor();
}

async function packages(minister, deputy) {
  await minister.goto(`${URL_}/en/ministry/packages`, { waitUntil: "networkidle" });
  await minister.getByText("Receive a package").first().click();
  await minister.getByLabel("Package (file)").setInputFiles(PACKAGE);
  await minister.getByRole("button", { name: "Receive a package" }).click();
  await minister.getByRole("button", { name: "Let it prove itself" }).click();
  await minister.getByRole("button", { name: "Sign and propose to offer it" }).waitFor({ timeout: 60_000 });
  await minister.getByRole("link", { name: "The signed record" }).waitFor();
  await minister.getByRole("button", { name: "Own law and words, as files" }).click();
  await minister.getByLabel("overlay.json").waitFor();
  await look(minister, "ministry-package-en");
  await minister.getByRole("button", { name: "Sign and propose to offer it" }).click();
  await minister.getByText("Waits for a second officer: to be offered").waitFor();
  await deputy.goto(minister.url().replace("/en/", "/ar/"), { waitUntil: "networkidle" });
  await look(deputy, "ministry-package-ar");
  await deputy.getByRole("button", { name: "وقّع وأكّد" }).click();
  await deputy.getByRole("button", { name: "وقّع واقترح سحبها" }).waitFor();
}

export async function arranging(step, minister) {
  const [deputy, head] = await step("the deputy and the head of mission sign in", async () => [await officer("deputy", "deputy@mfa.xu.example"), await officer("head", "head@mfa.xu.example")]);
  await step("two officers accredit a state by its letter and suspend it", () => accredit(minister, deputy));
  await step("two officers choose witnesses", () => witnesses(minister, deputy));
  await step("a mission opens; its head says when it is open and signs its holidays", () => mission(minister, head));
  await step("the head lends a role during leave; an incident is recorded and closed", async () => leave(minister, head, await officer("consul", "consul@mfa.xu.example")));
  await step("a package is received, proves itself, and is offered by two officers", () => packages(minister, deputy));
  await offered(step, minister, deputy);
}
