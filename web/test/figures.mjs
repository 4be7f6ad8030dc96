// figures.mjs - how long a slow phone on a slow line takes to show each page (bench/screens)
import { close, DESK, officer, open, PHONE, somebody, URL_ } from "./browser.mjs";

const ROUNDS = 5;
// what the browser's own tools call "Slow 4G": 1.6 Mbit/s down, 750 kbit/s up, 150 ms, times what they
// make of them to be as slow as a real line
const SLOW_4G = { offline: false, latency: 150 * 3.75, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (750e3 / 8) * 0.9 };

/** Before any script of the page: what the browser measures of it. */
function watch() {
  globalThis.seen = { lcp: 0, shifts: 0, longest: 0 };
  const each = (type, f) => new PerformanceObserver((list) => list.getEntries().forEach(f)).observe({ type, buffered: true });
  each("largest-contentful-paint", (e) => (globalThis.seen.lcp = e.startTime));
  each("layout-shift", (e) => e.hadRecentInput || (globalThis.seen.shifts += e.value));
  each("longtask", (e) => (globalThis.seen.longest = Math.max(globalThis.seen.longest, e.duration)));
}

async function visit(page, path, ready) {
  const client = await page.context().newCDPSession(page);
  let bytes = 0;
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  await client.send("Network.emulateNetworkConditions", SLOW_4G);
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  client.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
  await page.goto(URL_ + path);
  await page.locator(ready).first().waitFor({ timeout: 60_000 });
  await page.waitForLoadState("networkidle");
  const seen = await page.evaluate(() => globalThis.seen);
  await client.detach();
  return { ...seen, bytes };
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

/** One row: a fresh visitor each time, or somebody who is signed in; ready is what was waited for. */
async function row(name, path, ready, viewport, page) {
  const runs = [];
  for (let i = 0; i < ROUNDS; i++) {
    const visitor = page ?? (await somebody(viewport, { serviceWorkers: "block" }));
    await visitor.addInitScript(watch);
    runs.push(await visit(visitor, path, ready));
    if (!page) await visitor.context().close();
  }
  const of = (key) => median(runs.map((r) => r[key]));
  console.log(`${name.padEnd(34)} ${(of("lcp") / 1000).toFixed(2).padStart(6)} s ${of("shifts").toFixed(3).padStart(7)} ${Math.round(of("longest")).toString().padStart(6)} ms ${Math.round(of("bytes") / 1000).toString().padStart(6)} KB`);
}

await open();
console.log(`${"".padEnd(34)} ${"LCP".padStart(8)} ${"shifts".padStart(7)} ${"task".padStart(9)} ${"wire".padStart(9)}`);
await row("first page, Arabic", "/ar", "#find", PHONE);
await row("first page, English", "/en", "#find", PHONE);
await row("a service, Arabic", "/ar/services/passport-renewal?country=CY", "main:not(.plain) button", PHONE);
await row("sign-in, Arabic", "/ar/sign-in", "input[type=email]", PHONE);
const desk = await officer("officer", "officer@mfa.xu.example");
await row("the officer's queue", "/en/desk", "main:not(.plain) h1", DESK, desk);
await close();
