// pseudo.mjs - the pages in a language that is none (tools/pseudo): what stands without brackets never was in the
// catalogue, and what is half as long again must still fit, on a phone too
import { close, DESK, expect, officer, open, PHONE, somebody, URL_ } from "./browser.mjs";

const CONTROLS = "button, th, caption, summary, legend, nav a, .back";

function untold(selector) {
  const seen = [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility() && !e.closest(".languages"));
  return seen.map((e) => e.innerText.replace(/⟦[^⟧]*⟧/gu, "").trim()).filter((text) => /[A-Za-z]{3,}/.test(text) && !/^[A-Z]{3}$/.test(text)); // but codes of currencies
}

function cut() {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const cut = [...document.querySelectorAll("button, a, th, td, label, summary, h1, h2, h3, p, dd")].filter(
    (e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && ["hidden", "clip"].includes(getComputedStyle(e).overflowX),
  );
  return [...(wide > 1 ? [`the page is ${wide} pixels too wide`] : []), ...cut.map((e) => `cut: ${e.innerText.slice(0, 40)}`)];
}

async function walk(page, paths) {
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    for (const path of paths) {
      await page.goto(`${URL_}/qps${path}`, { waitUntil: "networkidle" });
      expect((await page.locator("main").innerText()).includes("⟦"), `${path}: not in that language`);
      for (const text of await page.evaluate(untold, CONTROLS)) expect(false, `${path}: not of the catalogue: ${text}`);
      for (const text of await page.evaluate(cut)) expect(false, `${path} at ${size.width}: ${text}`);
    }
  }
}

await open();
await walk(await somebody(PHONE), ["", "/services/passport-renewal?country=CY", "/sign-in", "/verify", "/board/paris"]);
await walk(await officer("officer.paris", "officer.paris@mfa.xu.example"), ["/desk", "/desk/counter", "/desk/numbers", "/desk/fees", "/desk/cash", "/desk/stock", "/desk/documents", "/desk/messages", "/desk/incidents", "/desk/keys"]);
await walk(await officer("deputy", "deputy@mfa.xu.example"), ["/ministry", "/ministry/missions/paris", "/ministry/countries/CY", "/ministry/costs", "/ministry/partners", "/ministry/policy/draft", "/ministry/aims", "/ministry/packages", "/ministry/journal"]);
await close();
