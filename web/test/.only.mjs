import { close, fail, open } from "./browser.mjs";
import { persons } from "./persons.mjs";
async function step(name, f) { console.log(name); try { return await f(); } catch (e) { fail(name + ": " + e.message.split("\n").slice(0, 6).join(" | ")); } }
await open(); await persons(step); await close();
