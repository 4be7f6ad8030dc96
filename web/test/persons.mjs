// persons.mjs - a person's own ways in: a code to begin, passkeys, and a code again when they are lost
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DESK, expect, look, mailCount, mailsTo, PHONE, signIn, somebody, subjectOf, URL_, withPasskeys } from "./browser.mjs";

const ar = { email: "البريد الإلكتروني", send: "أرسل لي رمزًا", code: "الرمز", signIn: "تسجيل الدخول" };
const en = { email: "E-mail address", send: "Send me a code", code: "Code", signIn: "Sign in" };
const SALMA = "salma@example.org";

async function told(subject, before) {
  for (let i = 0; i < 75; i++) {
    if (mailsTo(SALMA).slice(before).some((m) => subjectOf(m) === subject)) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`nobody is told: ${subject}`);
}

/** Of the last text message to a number, as the gateway got it. */
async function smsCode(to) {
  const file = join(process.env.SIFARA_KEYS, "sms");
  for (let i = 0; i < 75; i++) {
    const list = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line).message) : [];
    const mine = list.filter((m) => m.to === to).pop();
    if (mine) return mine.text.match(/\d{8}/)[0];
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`no text message to ${to}`);
}

/** Another name for one of them, kept when one comes back; a name of nothing is none. */
export async function rename(page, from, to, words) {
  const row = (name) => page.getByRole("row", { name });
  await row(from).getByRole("button", { name: words.rename }).click();
  await page.getByLabel(words.name).fill("");
  await page.keyboard.press("Enter");
  await page.getByLabel(words.name).fill(to);
  await look(page, `passkey-rename-${words.language}`);
  await page.keyboard.press("Enter");
  await page.getByRole("cell", { name: to, exact: true }).waitFor();
  await page.reload({ waitUntil: "networkidle" });
  await row(to).getByRole("button", { name: words.rename }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("cell", { name: to, exact: true }).waitFor();
}

export async function persons(step) {
  const salma = await somebody(PHONE);
  let before, hers;

  await step("Salma, in Arabic, begins with a code and adds a passkey; her address is told", async () => {
    await withPasskeys(salma);
    await salma.goto(`${URL_}/ar/sign-in`);
    await look(salma, "portal-sign-in-ar");
    await signIn(salma, SALMA, ar);
    await salma.waitForURL(/cases/);
    await salma.goto(`${URL_}/ar/my-file`);
    await salma.getByRole("heading", { name: "مفاتيح المرور" }).waitFor();
    before = mailCount(SALMA);
    await salma.locator("form", { has: salma.getByRole("button", { name: "إضافة مفتاح مرور" }) }).getByRole("textbox").fill("هاتفي");
    await salma.getByRole("button", { name: "إضافة مفتاح مرور" }).click();
    await salma.getByRole("cell", { name: "هاتفي" }).waitFor();
    await told("أُضيف مفتاح مرور إلى ملفك", before);
    await rename(salma, "هاتفي", "هاتفي الأزرق", { language: "ar", rename: "إعادة التسمية", name: "الاسم الجديد" });
    await rename(salma, "هاتفي الأزرق", "هاتفي", { language: "ar", rename: "إعادة التسمية", name: "الاسم الجديد" });
    hers = await salma.evaluate(async () => (await (await fetch("/v1/person/passkeys")).json()).passkeys[0].id);
    await look(salma, "portal-passkeys-ar");
  });

  await step("she signs in with it, without a code", async () => {
    before = mailCount(SALMA);
    await salma.getByRole("button", { name: "تسجيل الخروج" }).click();
    await salma.goto(`${URL_}/ar/sign-in`);
    await salma.getByRole("button", { name: "تسجيل الدخول بمفتاح المرور" }).click();
    await salma.waitForURL(/cases/);
    expect(mailCount(SALMA) === before, "a passkey asked for a code");
    const who = await salma.evaluate(() => fetch("/v1/sessions/current").then((r) => r.json()));
    expect(who.as === "person" && who.strong === true, `she is signed in as ${JSON.stringify(who)}`);
  });

  await step("she signs a power of attorney with it; an answer that changes ends the signature", async () => {
    const answers = JSON.parse(readFileSync(new URL("../../services/power-of-attorney/golden.json", import.meta.url))).cases[0].answers;
    const call = (method, path, body) =>
      salma.evaluate(async ([m, p, b]) => {
        const made = await fetch(p, { method: m, headers: { "Content-Type": "application/json" }, ...(b ? { body: JSON.stringify(b) } : {}) });
        return { status: made.status, ...(await made.json()) };
      }, [method, path, body]);
    const { id } = await call("POST", "/v1/cases", { service: "power-of-attorney", country: "CY" });
    await call("PUT", `/v1/cases/${id}/answers`, { answers });
    const submitted = async () => (await call("POST", `/v1/cases/${id}/submit`)).errors?.map((e) => e.pointer).join();
    await salma.goto(`${URL_}/ar/cases/${id}/apply?page=sign`);
    await salma.getByRole("button", { name: "التوقيع بمفتاح المرور" }).click();
    await salma.getByText("وقّعت هذه الأجوبة.").waitFor();
    await look(salma, "portal-signed-ar");
    await salma.getByText("· محفوظ", { exact: false }).waitFor();
    expect((await submitted()) === "/attachments", "what she signed is not taken");
    const kept = (await call("GET", `/v1/cases/${id}`)).answers;
    expect(kept.signature?.length > 100, "the signature is not in the draft");
    await call("PUT", `/v1/cases/${id}/answers`, { answers: { ...kept, subject: "Sale of everything" } });
    expect((await submitted()) === "/answers/signature", "other answers than were signed are taken");
    await call("PUT", `/v1/cases/${id}/answers`, { answers: { ...answers, signature: "on-paper" } });
    expect((await submitted()) === "/answers/signature", "a person says that a paper is signed");
    await call("PUT", `/v1/cases/${id}/answers`, { answers: { ...kept, subject: "Sale of everything" } });
    const second = await call("POST", "/v1/cases", { service: "power-of-attorney", country: "CY" });
    await call("PUT", `/v1/cases/${second.id}/answers`, { answers: kept });
    expect((await call("POST", `/v1/cases/${second.id}/submit`)).errors?.[0]?.pointer === "/answers/signature", "a signature is good for another case");
    await salma.evaluate(() => localStorage.clear());
    await salma.goto(`${URL_}/ar/cases/${id}/apply?page=sign`);
    await salma.getByText("غيّرت جوابًا بعد التوقيع").waitFor();
    await look(salma, "portal-sign-again-ar");
  });

  await step("on a device without it a code brings her back, and her address is told", async () => {
    const other = await somebody(DESK);
    await other.goto(`${URL_}/en/sign-in`);
    before = mailCount(SALMA);
    await signIn(other, SALMA, en);
    await other.waitForURL(/cases/);
    await told("سُجّل الدخول إلى ملفك برمز", before);
    await other.goto(`${URL_}/en/my-file`);
    await other.getByRole("cell", { name: "هاتفي" }).waitFor();
    await look(other, "portal-passkeys-en");
    before = mailCount(SALMA);
    await other.getByRole("row", { name: "هاتفي" }).getByRole("button", { name: "Remove" }).click();
    await other.getByText("You have none yet.").waitFor();
    await told("أُزيل مفتاح مرور من ملفك", before);
    await other.goto(`${URL_}/fr/my-file`);
    await look(other, "portal-passkeys-fr");
    await other.context().close();
    await salma.getByRole("button", { name: "تسجيل الخروج" }).click();
    await salma.goto(`${URL_}/fr/sign-in`);
    await look(salma, "portal-sign-in-fr");
    await salma.getByRole("button", { name: "Se connecter avec une clé d’accès" }).click();
    await salma.getByRole("alert").waitFor();
    await salma.context().close();
  });

  await step("Yusuf has a telephone and no address: a text message brings his code", async () => {
    const yusuf = await somebody(PHONE);
    await yusuf.goto(`${URL_}/ar/sign-in`);
    await yusuf.getByRole("button", { name: "ليس لدي بريد إلكتروني" }).click();
    await yusuf.getByLabel("الهاتف").fill("‎+357 ٩٩ ١٢٣ ٤٥٦");
    await look(yusuf, "portal-sign-in-phone-ar");
    await yusuf.getByRole("button", { name: ar.send }).click();
    await yusuf.getByLabel(ar.code, { exact: true }).fill(await smsCode("+35799123456"));
    await yusuf.getByRole("button", { name: ar.signIn, exact: true }).last().click();
    await yusuf.waitForURL(/cases/);
    await yusuf.goto(`${URL_}/en/my-file`);
    await yusuf.getByText("+35799123456").waitFor();
    await yusuf.getByLabel("Tell me how my applications progress").uncheck();
    await yusuf.getByText("Saved").waitFor();
    await look(yusuf, "portal-my-file-phone-en");
    const taken = await yusuf.evaluate(
      async (at) => (await fetch(at, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: "mine" }) })).status,
      `/v1/person/passkeys/${hers}`,
    );
    expect(taken === 404, `somebody else's passkey is renamed: ${taken}`);
    await yusuf.goto(`${URL_}/fr/notices?stop=AAAA`);
    await look(yusuf, "portal-notices-fr");
    await yusuf.getByRole("button", { name: "Arrêter ces messages" }).click();
    await yusuf.getByRole("alert").waitFor();
    await yusuf.context().close();
  });
}
