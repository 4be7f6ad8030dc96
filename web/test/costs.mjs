// costs.mjs - what an hour costs and what paper took, and from a figure to its cases and their entries
import { expect, look, URL_ } from "./browser.mjs";

async function set(minister) {
  await minister.goto(`${URL_}/en/ministry/costs`, { waitUntil: "networkidle" });
  await minister.getByText("Set the hourly cost").first().click();
  await minister.getByLabel("Per hour").fill("18.50");
  await minister.getByLabel("Currency (three letters)").fill("EUR");
  await minister.locator("#rate-source").fill("Budget of the year");
  await minister.getByRole("button", { name: "Set the hourly cost" }).click();
  await minister.getByRole("row", { name: /All missions .*18\.50/ }).waitFor();
  await minister.getByText("Enter a time on paper").first().click();
  await minister.locator("#paper-service").selectOption({ label: "Passport renewal" });
  await minister.locator("#paper-minutes").fill("75");
  await minister.locator("#paper-source").fill("Time study");
  await minister.getByRole("button", { name: "Enter a time on paper" }).click();
  await minister.getByRole("row", { name: /Passport renewal 75 minutes Time study/ }).waitFor();
  await look(minister, "ministry-costs-en");
}

/** The head sees the same of her mission, down to each step; what an hour costs is not hers to set. */
async function open(head) {
  await head.goto(`${URL_}/ar/ministry/costs`, { waitUntil: "networkidle" });
  await head.getByText("كيف تُحسب").waitFor();
  await head.getByText("حدد كلفة الساعة").first().click();
  await head.getByLabel("للساعة").fill("1");
  await head.locator("#rate-source").fill("تخمين");
  await head.getByRole("button", { name: "حدد كلفة الساعة" }).click();
  await head.getByText("القواعد لا تسمح بذلك").waitFor();
  await head.getByRole("link", { name: "تجديد جواز السفر" }).click();
  await head.getByRole("link", { name: /أثينا/ }).last().click();
  await head.locator("td summary").first().click();
  await head.getByText("أُكّد القرار").first().waitFor();
  await look(head, "ministry-evidence-ar");
  const entry = await head.getByRole("link", { name: /قيد/ }).first().getAttribute("href");
  expect(/\/ministry\/journal\/\d+\/\d+$/.test(entry), `no entry behind a step: ${entry}`);
}

export async function costs(step, minister, head) {
  await step("the ministry sets what an hour costs and what paper took", () => set(minister));
  await step("a figure of minutes opens onto its cases and their entries", () => open(head));
}
