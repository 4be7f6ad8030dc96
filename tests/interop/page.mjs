// page.mjs PAGE FOLDER: gives the files of tests/system/verify to the page that verifies, in a headless browser,
// and holds what it says.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const [page_file, folder] = process.argv.slice(2);
const file = (name) => resolve(folder, name);

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ offline: true, locale: "en-GB" });
const page = await context.newPage();
const trouble = [];
page.on("request", (r) => r.url().startsWith("file:") || trouble.push(`it asks for ${r.url()}`));
page.on("console", (m) => m.type() === "error" && trouble.push(m.text()));
page.on("pageerror", (e) => trouble.push(String(e)));
await page.goto(`file://${resolve(page_file)}`);

async function says(want, kind, what, trust = [], payload = []) {
  await page.setInputFiles("#file", what.map(file));
  await page.setInputFiles("#trust", trust.map(file));
  await page.setInputFiles("#payload", payload.map(file));
  await page.evaluate(() => document.getElementById("said").replaceChildren());
  await page.click("#check");
  await page.waitForSelector("#said p");
  const said = await page.innerText("#said");
  const is = await page.getAttribute("#said", "class");
  if (is !== kind || !want.every((w) => said.includes(w))) throw new Error(`${what}: ${is}: ${said}`);
}

try {
  const letters = ["XU.letter", "XA.letter"];
  await says(["The proof holds. Utopia sent this (note)", "Arcadia gave a receipt", "The file is the one"], "good", ["proof"], letters, ["payload"]);
  await says(["does not hold"], "bad", ["proof"], letters, ["package"]);
  await says(["does not hold"], "bad", ["changed"], letters);
  await says(["no key of a sender"], "bad", ["proof"], ["XA.letter"]);
  await says(["does not say whom to trust"], "bad", ["proof"], ["package"]);
  await says(["The seal is genuine. UTO"], "good", ["seal"], ["list"]);
  await says(["The seal is genuine. UTO"], "good", ["seal"], ["list", ...letters]);
  await says(["The seal is genuine. UTO", "must say what stands above"], "good", ["document.pdf"], ["list"]);
  await says(["not genuine"], "bad", ["seal.changed"], ["list"]);
  await says(["not on your list"], "bad", ["seal"], letters);
  await says(["was revoked"], "bad", ["seal"], ["list", "revoked"]);
  await says(["nobody on the list signed it"], "bad", ["seal"], ["list", "revoked.changed"]);
  await says(["The proof holds"], "good", ["proof"], [...letters, "chosen"]);
  await says(["does not hold"], "bad", ["proof"], [...letters, "chosen.changed"]);
  await says(["is as XU signed it", "Signed by"], "good", ["package"], ["keys"]);
  await says(["no known key of the giving state"], "bad", ["package"], letters);
  for (const n of [1, 2, 3, 4, 5]) await says(["no genuine package"], "bad", [`package.${n}`], ["keys"]);
  await says(["Choose a file"], "bad", []);
  await page.click("[data-turn=ar]");
  await says(["الختم أصلي"], "good", ["seal"], ["list"]);
  if ((await page.getAttribute("html", "dir")) !== "rtl") throw new Error("Arabic is not right to left");
  await page.click("[data-turn=fr]");
  await says(["Le sceau est authentique"], "good", ["seal"], ["list"]);
  if (trouble.length) throw new Error(trouble.join("; "));
} finally {
  await browser.close();
}
