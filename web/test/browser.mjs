// browser.mjs - what the tests of the screens share: Debian's Chromium, mails, passkeys, accessibility, pictures
//
// SIFARA_URL  the node as http://localhost:PORT       SIFARA_DATA   its data folder
// SIFARA_KEYS folder with officers' keys (key.NAME)   SIFARA_SHOTS  where pictures go
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
export const URL_ = process.env.SIFARA_URL;
const DATA = process.env.SIFARA_DATA;
const KEYS = process.env.SIFARA_KEYS;
const SHOTS = process.env.SIFARA_SHOTS;
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

let browser;
let failures = 0;

export async function open() {
  mkdirSync(SHOTS, { recursive: true });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

export async function close() {
  await browser.close();
  console.log(failures ? `${failures} failures` : "all is well");
  process.exit(failures ? 1 : 0);
}

export function fail(text) {
  failures++;
  console.log(`FAILED: ${text}`);
}

export function expect(condition, text) {
  if (!condition) fail(text);
}

/** What stands on the open pages as gone wrong: why a step came no further. */
async function alarms() {
  for (const page of browser.contexts().flatMap((c) => c.pages())) {
    const told = await page.getByRole("alert").allInnerTexts().catch(() => []);
    if (told.length) console.log(`  ${page.url()}: ${told.join(" | ").replaceAll("\n", " ")}`);
  }
}

/** One step of a journey: whatever goes wrong in it is a failure, and the next one is tried. */
export async function step(name, f) {
  console.log(name);
  try {
    return await f();
  } catch (error) {
    fail(`${name}: ${error.message.split("\n").slice(0, 4).join(" | ")}`);
    await alarms();
    return undefined;
  }
}

/** A page of somebody of their own; what the page itself complains of is a failure. */
export async function somebody(viewport, options = {}) {
  const context = await browser.newContext({ viewport, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (e) => fail(`script: ${e.message}`));
  page.on("console", (m) => /Content Security Policy|TrustedScript|Trusted Type/.test(m.text()) && fail(`console: ${m.text()}`));
  return page;
}

export const mailsTo = (email) =>
  readdirSync(join(DATA, "mail"))
    .filter((f) => f.endsWith(".eml"))
    .sort()
    .map((f) => readFileSync(join(DATA, "mail", f), "utf8"))
    .filter((m) => m.includes(`To: <${email}>`));

export function textOf(mail) {
  const plain = mail.split(/^--.*$/m).find((part) => part.includes("Content-Type: text/plain"));
  return Buffer.from(plain.split(/\r?\n\r?\n/).slice(1).join("").replace(/\s/g, ""), "base64").toString();
}

/** RFC 2047: encoded words, folded. */
export function subjectOf(mail) {
  const lines = mail.match(/^Subject:((?:.*\r?\n[ \t])*.*)$/m)?.[1] ?? "";
  return Buffer.concat([...lines.matchAll(/=\?UTF-8\?B\?([^?]*)\?=/g)].map((m) => Buffer.from(m[1], "base64"))).toString();
}

export const mailCount = (email) => mailsTo(email).length;

/** The code of the newest mail, once there is another than before. */
export async function newCode(email, before) {
  for (let i = 0; i < 75; i++) {
    const mails = mailsTo(email);
    if (mails.length > before) return textOf(mails.pop()).match(/\b\d{8}\b/)[0];
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`no mail for ${email}`);
}

/** Each page in each state: WCAG 2.2 A and AA without a violation, and a picture kept. */
export async function look(page, name) {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } }),
  );
  for (const v of violations) fail(`${name}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
  const untold = await page.evaluate(() => document.body.innerText.match(/\b(common|portal|desk|ministry)\.[a-z][a-z.-]+/g));
  if (untold) fail(`${name}: words are missing: ${[...new Set(untold)].join(" ")}`);
}

/** A device that keeps passkeys and confirms what it is asked for. */
export async function withPasskeys(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return { refuse: (on) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: !on }) };
}

/** An officer whose first passkey is registered with the key file, and who then signs in with it. */
export async function officer(name, email, viewport = DESK) {
  const page = await somebody(viewport);
  page.passkeys = await withPasskeys(page);
  await page.goto(`${URL_}/en/desk`);
  await page.getByText("No passkey on this device yet").click();
  await page.getByLabel("E-mail address").fill(email);
  const before = mailCount(email);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("Code").fill(await newCode(email, before));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByText("You signed in with a code alone").waitFor();
  await page.waitForLoadState("networkidle");
  const had = await page.getByRole("cell", { name: "counter" }).count(); // on another device of theirs
  await page.getByLabel("Name").fill("counter");
  await page.setInputFiles("input[type=file]", join(KEYS, `key.${name}`));
  await page.getByRole("button", { name: "Register a passkey" }).click();
  await page.getByRole("cell", { name: "counter" }).nth(had).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("heading", { name: "Queue" }).waitFor();
  return page;
}

/** A person signs in at the page that asks for it; the words are those of the language. */
export async function signIn(page, email, words) {
  await page.getByLabel(words.email).fill(email);
  const before = mailCount(email);
  await page.getByRole("button", { name: words.send }).click();
  await page.getByLabel(words.code, { exact: true }).fill(await newCode(email, before));
  await page.getByRole("button", { name: words.signIn, exact: true }).last().click();
}
