// policy.tsx - the foreign policy in words: each clause with its basis in law and what it says
import { useState } from "preact/hooks";
import type { Policy } from "../base/answers";
import { get } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Heading, Load, Tag, useLoad } from "../base/ui";
import { folded, language, t } from "../base/words";
import { Proposals } from "./draft";

export function PolicyPage(_: PageProps) {
  const policy = useLoad((signal) => get<Policy>(`/v1/policy?language=${language}`, { signal }), []);
  const [wanted, setWanted] = useState("");
  return (
    <>
      <Heading lead={t("ministry.policy-lead")}>{t("ministry.policy")}</Heading>
      <div class="buttons">
        <a class="button main" href={to("/ministry/policy/draft")}>
          {t("ministry.make-draft")}
        </a>
      </div>
      <Proposals />
      <div class="field">
        <label for="find">{t("ministry.find-clause")}</label>
        <input id="find" type="search" value={wanted} onInput={(e) => setWanted(e.currentTarget.value)} />
      </div>
      <Load of={policy}>
        {(p) => {
          const found = p.policies.filter((c) => folded(`${c.title} ${c.reason} ${c.basis} ${c.says}`).includes(folded(wanted)));
          return (
            <>
              <h2 role="status">{t("ministry.clauses", { n: found.length })}</h2>
              {found.map((c) => (
                <article class="card" key={c.id} id={c.id}>
                  <h3 dir="auto">{language === "en" ? c.title : (c.reason ?? c.title)}</h3>
                  <p>
                    <Tag kind={c.effect === "permit" ? "good" : "bad"}>{t(`ministry.effect.${c.effect}`)}</Tag> <small dir="auto">{c.basis}</small>
                  </p>
                  <p class="prose">{c.says}</p>
                  <details>
                    <summary>{t("ministry.source")}</summary>
                    <pre class="mono">{c.text}</pre>
                  </details>
                </article>
              ))}
              <p class="help">
                {t("ministry.fingerprint")} <span class="mono">{p.digest}</span>
              </p>
            </>
          );
        }}
      </Load>
    </>
  );
}
