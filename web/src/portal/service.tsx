// service.tsx - one service before anybody signs in: for whom, what it costs, what to bring, how long it takes
import type { Moved, Representation } from "../base/answers";
import { get, post } from "../base/api";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Button, Failure, Heading, Load, Pairs, useLoad, Typed } from "../base/ui";
import { actsFor } from "./representatives";
import { country, fill, language, t } from "../base/words";
import { useState } from "preact/hooks";
import { Responsible } from "./home";
import type { Asked, ServiceForm } from "../base/model";
import { place } from "./place";
import { wordsOf } from "../base/model";
import { session } from "../base/session";

/** Oneself and those for whom one acts, as far as the service takes persons, or companies. */
function whoMay(s: ServiceForm, others: Representation[]): { person: string; name: string }[] {
  const takes = s.service.applicants ?? ["person"];
  const [persons, companies] = [takes.includes("person"), takes.includes("company")];
  return [...(persons ? [{ person: "", name: t("portal.acts.me") }] : []), ...others.filter((o) => (o.company ? companies : persons))];
}

export function Service({ params, query }: PageProps) {
  const name = params["name"] ?? "";
  const code = query.get("country") || place();
  const [failed, setFailed] = useState<unknown>();
  const [whom, setWhom] = useState("");
  const others = useLoad((signal) => actsFor(name, signal), [name]);
  const form = useLoad((signal) => get<ServiceForm>(`/v1/services/${name}?language=${language}`, { signal }), [name]);
  const asked = useLoad(
    (signal) => (code ? post<Asked>(`/v1/services/${name}/ask`, { country: code, language }, { signal }) : Promise.resolve(null)),
    [name, code],
  );
  const begin = async () => {
    try {
      if (!(await session())) return go(`${to("/sign-in")}?to=${encodeURIComponent(location.pathname + location.search)}`);
      const made = await post<Moved>("/v1/cases", { service: name, country: code, ...(whom ? { for: whom } : {}) });
      go(`/cases/${made.id}/apply`);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <Load of={form}>
      {(s) => {
        const w = wordsOf(s);
        return (
          <>
            <a class="back" href={to("/")}>
              {t("portal.all-services")}
            </a>
            <Heading lead={w["lead"]}>{w["title"] ?? name}</Heading>
            {code ? <Responsible code={code} service={name} /> : <p>{t("portal.say-where")}</p>}
            <Pairs
              list={[
                [t("portal.for-whom"), w["who"]],
                [t("portal.bring"), w["bring"]],
                [t("common.form.fee"), w["fee"]],
                [t("portal.how-long"), w["promise"] && fill(w["promise"], { n: s.service.promise_days })],
                [t("portal.you-get"), w["result"]],
                [
                  t("portal.law"),
                  <ul>
                    {s.service.legal_basis.map((l) => (
                      <li key={l}>{l}</li>
                    ))}
                  </ul>,
                ],
              ]}
            />
            {code && (
              <Load of={asked}>
                {(a) =>
                  a && (
                    <>
                      {a.conditions && a.conditions.length > 0 && (
                        <details>
                          <summary>{t("portal.conditions")}</summary>
                          <ul>
                            {a.conditions.map((c) => (
                              <li key={c.id}>{c.text}</li>
                            ))}
                          </ul>
                        </details>
                      )}
                      <Failure error={failed} />
                      {whoMay(s, others.data ?? []).length > 1 && (
                        <fieldset>
                          <legend>{t("portal.acts.whom")}</legend>
                          {whoMay(s, others.data ?? []).map((o) => (
                            <div class="choice" key={o.person}>
                              <input type="radio" name="whom" id={`whom-${o.person}`} checked={whom === o.person} onChange={() => setWhom(o.person)} />
                              <label for={`whom-${o.person}`}>
                                <Typed>{o.name}</Typed>
                              </label>
                            </div>
                          ))}
                        </fieldset>
                      )}
                      <div class="buttons">
                        <Button run={begin}>{t("portal.begin")}</Button>
                      </div>
                      <p class="help">{t("portal.begin-help", { country: country(code) })}</p>
                    </>
                  )
                }
              </Load>
            )}
          </>
        );
      }}
    </Load>
  );
}
