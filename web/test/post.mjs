// post.mjs - the head of mission sets a post up: what is missing is told, each step is an act that there is already
import { look, PHONE, URL_ } from "./browser.mjs";

export async function setUp(head) {
  await head.goto(`${URL_}/en/ministry/missions/athens`, { waitUntil: "networkidle" });
  await head.getByText("Still missing at this mission").waitFor();
  await look(head, "ministry-not-ready-en");
  await head.getByRole("main").getByRole("link", { name: "Set up the post" }).click();
  await head.getByText("steps are done").waitFor();
  await head.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Set up the post" }).waitFor();
  const holidays = head.locator("ol.steps > li", { hasText: "Holidays" }).locator("details").first();
  if ((await holidays.getAttribute("open")) === null) await holidays.locator("summary").click();
  await head.getByText("The holidays of").first().waitFor();
  await look(head, "desk-post-en");
  const hours = head.locator("details", { hasText: "Hours and counters" }).first();
  if (await hours.getByText("No hours are set for any service").count()) {
    await hours.getByRole("button", { name: "Save" }).click();
    await hours.getByText("No hours are set for any service").waitFor({ state: "detached" });
  }
  await head.setViewportSize(PHONE);
  await head.goto(`${URL_}/ar/desk/post`, { waitUntil: "networkidle" });
  await look(head, "desk-post-ar");
}
