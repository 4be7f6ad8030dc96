// host.mjs - the file of a host country: what its ambassador keeps there, does from there and takes to a meeting
import { expect, look, URL_ } from "./browser.mjs";

/** How many sheets of paper a page takes: leaves of the PDF that Chromium prints. */
async function sheets(page) {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  return (pdf.match(/\/Type\s*\/Page\b/g) ?? []).length;
}

async function keep(head) {
  await head.goto(`${URL_}/ar/ministry/countries/GR`, { waitUntil: "networkidle" });
  await head.getByText("أضف جهة اتصال").first().click();
  await head.getByLabel("الاسم", { exact: true }).fill("إيليني باباداكي");
  await head.getByLabel("الجهة", { exact: true }).fill("الإدارة القنصلية");
  await head.getByLabel("البريد الإلكتروني", { exact: true }).fill("eleni@mfa.gr.example");
  await head.getByRole("button", { name: "أضف جهة اتصال" }).click();
  await head.getByRole("cell", { name: "إيليني باباداكي", exact: true }).waitFor();
  await head.getByText("دوّن تعهدًا").first().click();
  await head.getByLabel("موضوع التعهد").fill("قائمة بأعيادنا الرسمية");
  await head.getByLabel("الموعد", { exact: true }).fill("2001-01-31");
  await head.getByRole("button", { name: "دوّن تعهدًا" }).click();
  await head.getByRole("row", { name: /قائمة بأعيادنا/ }).getByText("متأخرة").waitFor();
  await look(head, "ministry-host-ar");
}

/** What the policy would say stands there before the button, and keeps it shut. */
async function advised(head) {
  await head.goto(`${URL_}/en/ministry/countries/GR`, { waitUntil: "networkidle" });
  await head.getByLabel("Act", { exact: true }).selectOption({ label: "Write a note" });
  await head.getByText("The policy would refuse this").waitFor();
  await head.getByText("to an accredited state").waitFor();
  expect(await head.getByRole("button", { name: "Write a note" }).isDisabled(), "a refused act can be pressed");
  await look(head, "ministry-advice-en");
}

async function ask(head) {
  await head.goto(`${URL_}/en/ministry/countries/XA`, { waitUntil: "networkidle" });
  expect((await head.getByText("Keep a contact").count()) === 0, "a file of the ministry's is kept by a head of mission");
  await head.getByLabel("Act", { exact: true }).selectOption({ label: "Ask them to protect our citizens" });
  await head.getByText("The policy permits this.").waitFor();
  await head.getByLabel("What it is").fill("A sailor in Port Louis");
  await head.getByLabel("Aim that it serves").selectOption({ label: "No citizen abroad without protection" });
  await head.getByText("The policy permits this.").waitFor();
  await head.getByRole("button", { name: "Ask them to protect our citizens" }).click();
  await head.getByText("Done: Ask them to protect our citizens").waitFor();
  await head.getByText("Each of the last").or(head.getByText("The one act")).click();
  await head.getByText("A sailor in Port Louis").first().waitFor();
}

async function brief(head) {
  for (const [language, due] of [["ar", "تعهدات مستحقة"], ["en", "Promises due"]]) {
    await head.goto(`${URL_}/${language}/ministry/countries/GR/brief`, { waitUntil: "networkidle" });
    await head.getByRole("heading", { name: due }).waitFor();
    await look(head, `ministry-brief-${language}`);
    expect((await sheets(head)) === 1, `the brief takes ${await sheets(head)} sheets`);
  }
}

async function settle(head) {
  await head.goto(`${URL_}/en/ministry/countries/GR`, { waitUntil: "networkidle" });
  await head.getByRole("button", { name: /^kept:/ }).click();
  await head.getByRole("row", { name: /قائمة/ }).getByText("kept", { exact: true }).waitFor();
  await head.getByRole("button", { name: /^End this contact/ }).click();
  await head.getByText("Contact ended:").waitFor();
}

export async function host(step, head) {
  await step("the head of mission keeps contacts and promises of the host country", () => keep(head));
  await step("what the policy would say is told before an act", () => advised(head));
  await step("an act towards a state is done from its page", () => ask(head));
  await step("the brief for a meeting is one sheet", () => brief(head));
  await step("a promise is settled and a contact ended, and both stay", () => settle(head));
}
