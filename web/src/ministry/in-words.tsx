// in-words.tsx - what a service is, in words: for whom, what it costs and takes, on what law, and the life of a case
import { get } from "../base/api";
import { type ServiceForm, wordsOf } from "../base/model";
import { Load, Pairs, useLoad } from "../base/ui";
import { fill, language, t } from "../base/words";
import { worded } from "./host";

interface State {
  id: string;
  turn?: string;
}

const statesOf = (s: ServiceForm) => ((s.workflow?.["states"] ?? []) as State[]).filter((x) => x.id !== "draft");

/** Those of the common life have words of their own; a service names the others. */
const stateIn = (words: Record<string, string>, id: string) => words[`state.${id}`] ?? worded(`ministry.case-state.${id}`, id);

export function InWords({ name }: { name: string }) {
  const form = useLoad((signal) => get<ServiceForm>(`/v1/services/${name}?language=${language}`, { signal }), [name]);
  return (
    <Load of={form}>
      {(s) => {
        const w = wordsOf(s);
        return (
          <section aria-labelledby="in-words">
            <h2 id="in-words">{t("ministry.in-words")}</h2>
            <p>{w["lead"]}</p>
            <Pairs
              list={[
                w["who"] && [t("ministry.for-whom"), w["who"]],
                w["bring"] && [t("ministry.bring"), w["bring"]],
                w["fee"] && [t("common.form.fee"), w["fee"]],
                w["promise"] && [t("ministry.how-long"), fill(w["promise"], { n: s.service.promise_days })],
                w["result"] && [t("ministry.you-get"), w["result"]],
                [
                  t("ministry.law"),
                  <ul>
                    {s.service.legal_basis.map((l) => (
                      <li key={l}>
                        <bdi>{l}</bdi>
                      </li>
                    ))}
                  </ul>,
                ],
              ]}
            />
            <h3>{t("ministry.life-of-case")}</h3>
            <ol>
              {statesOf(s).map((x) => (
                <li key={x.id}>
                  {stateIn(w, x.id)} {x.turn && <small>({t(`ministry.turn.${x.turn}`)})</small>}
                </li>
              ))}
            </ol>
          </section>
        );
      }}
    </Load>
  );
}
