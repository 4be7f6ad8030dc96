// ministry.mjs - journeys of the head of mission and the ministry: the policy changes, and an act is refused
import { expect, look, officer, URL_ } from "./browser.mjs";
import { costs } from "./costs.mjs";
import { host } from "./host.mjs";

/** Asks the node in the name of whoever is signed in: status and answer. */
export const ask = (page, method, path, body) =>
  page.evaluate(
    async ([how, at, what]) => {
      const answer = await fetch(at, { method: how, headers: { "Content-Type": "application/json" }, ...(what ? { body: JSON.stringify(what) } : {}) });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    },
    [method, path, body],
  );

const give = { title: "A student of Arcadia in Nicosia", citizen: "XA", aim: "protect-everywhere", capability: "consular-desk", amount: 1 };

async function suspend(minister, head) {
  const before = await ask(head, "POST", "/v1/partners/XA/protection/given", give);
  expect(before.status < 300, `protection under the agreement: ${before.status}`);
  await minister.goto(`${URL_}/ar/ministry/policy`, { waitUntil: "networkidle" });
  await minister.getByRole("link", { name: "تغيير السياسة" }).click();
  await minister.getByLabel("الاتفاق").selectOption("XA-CONSULAR-2025");
  await minister.getByRole("button", { name: "أدرجه في المسودة" }).click();
  await minister.getByRole("button", { name: "اطّلع على ما ستغيّره" }).click();
  await minister.getByText("ينتهي سريان هذا الاتفاق").waitFor({ timeout: 60_000 });
  await minister.getByText(give.title).waitFor();
  await look(minister, "ministry-draft-ar");
  await minister.getByRole("button", { name: "اقترحها" }).click();
  await minister.getByRole("link", { name: "إلى المقترح" }).click();
  await minister.getByText("أنت من اقترحها").waitFor({ timeout: 60_000 });
  await look(minister, "ministry-own-proposal-ar");
}

async function adopt(deputy, head) {
  await deputy.goto(`${URL_}/en/ministry/policy`, { waitUntil: "networkidle" });
  await deputy.getByRole("row", { name: /Waits for a second officer/ }).getByRole("link").click();
  await deputy.getByText(give.title).waitFor({ timeout: 60_000 });
  await look(deputy, "ministry-proposal-en");
  await deputy.passkeys.refuse(true);
  await deputy.getByRole("button", { name: "Sign and adopt" }).click();
  await deputy.getByText("The passkey was not used").waitFor().catch(() => expect(false, "a passkey that does not sign is not told"));
  await deputy.passkeys.refuse(false);
  await deputy.getByRole("button", { name: "Sign and adopt" }).click();
  await deputy.getByText("In force").waitFor();
  const after = await ask(head, "POST", "/v1/partners/XA/protection/given", give);
  expect(after.status === 403, `after the agreement: ${after.status}`);
  expect(after.body.decision.near.some((c) => /consular protection, articles 2 and 3/.test(c.basis)), "the refusal cites no article");
}

/** The deputy is also an officer of oversight: the refusal stands in the journal, with the article and a proof. */
async function readJournal(deputy) {
  await deputy.goto(`${URL_}/ar/ministry/journal`, { waitUntil: "networkidle" });
  await deputy.getByLabel("ماذا").selectOption("protection.give");
  await deputy.getByText("رُفض", { exact: true }).first().waitFor();
  await look(deputy, "ministry-journal-ar");
  await deputy.getByRole("row", { name: /رُفض/ }).first().getByRole("link").click();
  await deputy.getByText(/الحماية القنصلية، المادتان ٢ و٣/).waitFor();
  await look(deputy, "ministry-entry-ar");
  const proof = await deputy.evaluate(async (path) => (await fetch(path)).text(), await deputy.getByRole("link", { name: "خذ دليل هذا القيد" }).getAttribute("href"));
  expect(proof.startsWith("c2sp.org/tlog-proof@v1"), `no proof: ${proof.slice(0, 40)}`);
  await deputy.goto(`${URL_}/en/ministry/journal`, { waitUntil: "networkidle" });
  await look(deputy, "ministry-journal-en");
  await deputy.getByLabel("Day").fill("2001-01-01");
  await deputy.getByLabel("Day").dispatchEvent("change");
  await deputy.getByText("Nothing", { exact: false }).first().waitFor();
}

export async function ministry(step, minister) {
  const head = await step("the head of mission signs in", () => officer("head", "head@mfa.xu.example"));
  await host(step, head);
  await costs(step, minister, head);
  await step("a draft to suspend an agreement shows whom it touches", () => suspend(minister, head));
  await step("the deputy signs for it, and an act is refused that cites the article", async () => {
    const deputy = await officer("deputy", "deputy@mfa.xu.example");
    await adopt(deputy, head);
    await readJournal(deputy);
    await deputy.context().close();
  });
}
