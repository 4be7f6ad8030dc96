// pictures.mjs - the pictures of README and the guides, taken afresh from a running demo state
//
// As browser.mjs, with SIFARA_SHOTS as the folder of the pictures.
import { join } from "node:path";
import { close, DESK, officer, open, PHONE, somebody, URL_ } from "./browser.mjs";

const shot = (page, name) => page.screenshot({ path: join(process.env.SIFARA_SHOTS, `${name}.png`) });

await open();
for (const language of ["ar", "en", "fr"]) {
  const person = await somebody(PHONE);
  await person.goto(`${URL_}/${language}`);
  await person.selectOption("#where", "CY");
  await person.waitForLoadState("networkidle");
  await shot(person, `person-begins.${language}`);
  await person.goto(`${URL_}/${language}/services/passport-renewal?country=CY`, { waitUntil: "networkidle" });
  await shot(person, `person-service.${language}`);
  await person.context().close();
}

const consul = await officer("karim.nassar", "karim.nassar@mfa.xu.example");
await consul.goto(`${URL_}/en/desk`, { waitUntil: "networkidle" });
await consul.locator("tbody tr a").first().click();
await consul.getByRole("heading", { level: 2 }).first().waitFor();
const at = consul.url();
for (const language of ["ar", "en", "fr"]) {
  await consul.goto(`${URL_}/${language}/desk`, { waitUntil: "networkidle" });
  await shot(consul, `desk-queue.${language}`);
  await consul.goto(at.replace("/en/", `/${language}/`), { waitUntil: "networkidle" });
  await shot(consul, `desk-case.${language}`);
}

const minister = await officer("minister", "minister@mfa.xu.example", DESK);
for (const language of ["ar", "en", "fr"]) {
  for (const [name, path] of [["missions", ""], ["country", "/countries/LB"], ["partner", "/countries/XA"], ["policy", "/policy"]]) {
    await minister.goto(`${URL_}/${language}/ministry${path}`, { waitUntil: "networkidle" });
    await minister.locator(name === "missions" ? ".world svg path" : "table, article").first().waitFor();
    await shot(minister, `ministry-${name}.${language}`);
  }
}
await close();
