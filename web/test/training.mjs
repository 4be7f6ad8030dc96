// training.mjs - a node for training as people meet it: every page says so, on the screen and on paper, in their
// language; the code to sign in comes from the folder of mails, and the document has the words across it
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { close, DESK, expect, look, officer, open, PHONE, signIn, somebody, step, URL_ } from "./browser.mjs";

const BANNER = { ar: /هذا مكان للتدريب/, en: /place for training/, fr: /lieu de formation/ };
const CASE = process.env.SIFARA_CASE;

/** Above everything else, and printed with it. */
async function said(page, path) {
  await page.goto(`${URL_}${path}`, { waitUntil: "networkidle" });
  const banner = page.getByText(BANNER[path.slice(1, 3)]).first();
  expect(await banner.isVisible(), `${path} does not say that it is for training`);
  expect((await banner.boundingBox()).y < 10, `${path} says it further down`);
  await page.emulateMedia({ media: "print" });
  expect(await banner.isVisible(), `${path} does not say it on paper`);
  await page.emulateMedia({ media: "screen" });
}

await open();
await step("whoever applies for practice", async () => {
  const layla = await somebody(PHONE);
  await said(layla, "/ar/sign-in");
  await signIn(layla, "layla@example.org", { email: "البريد الإلكتروني", send: "أرسل لي رمزًا", code: "الرمز", signIn: "تسجيل الدخول" });
  await layla.waitForURL(/cases/);
  for (const path of ["/ar", "/en/my-file", "/fr/cases", `/ar/cases/${CASE}`]) await said(layla, path);
  await look(layla, "training-case-ar");
  const [paper] = await Promise.all([layla.waitForEvent("download"), layla.getByRole("link", { name: /CER-/ }).first().click()]);
  const file = join(process.env.SIFARA_SHOTS, "training.pdf");
  await paper.saveAs(file);
  const text = execFileSync("pdftotext", ["-raw", file, "-"]).toString().replace(/\s/g, "");
  expect(text.includes("TRAINING"), "the document does not say that it is for training");
});
await step("whoever decides for practice", async () => {
  const clerk = await officer("clerk", "clerk@mfa.xu.example", DESK);
  await said(clerk, "/en/desk");
  await said(clerk, `/ar/desk/cases/${CASE}`);
  await look(clerk, "training-desk-ar");
  await said(clerk, "/fr/ministry");
});
await close();
