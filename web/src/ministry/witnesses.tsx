// witnesses.tsx - which third states confirm what we write to a partner, or to all, and how many of them are enough
import { useState } from "preact/hooks";
import { Advised } from "../base/advice";
import type { Witnesses as Chosen } from "../base/answers";
import { get, post } from "../base/api";
import { sha256 } from "../base/digest";
import { signed } from "../base/passkey";
import { useSigning } from "../base/signing";
import { download, Button, Field, Load, Table, useLoad } from "../base/ui";
import { country, number, t } from "../base/words";

/** C2SP tlog-policy: the witnesses, a group of them, and that the group is enough. */
function policyOf(chosen: { state: string; key: string }[], enough: number): string {
  if (!chosen.length) return "quorum none\n";
  return `${chosen.map((c) => `witness ${c.state} ${c.key}\n`).join("")}group chosen ${enough} ${chosen.map((c) => c.state).join(" ")}\nquorum chosen\n`;
}

/** As people read it: who, and how many. */
function inWords(policy: string): string {
  const lines = policy.split("\n").map((l) => l.trim().split(/\s+/));
  const states = lines.filter((l) => l[0] === "witness").map((l) => country(l[1] ?? ""));
  const group = lines.find((l) => l[0] === "group");
  const enough = group?.[2] === "all" || !group ? states.length : group[2] === "any" ? 1 : Number(group[2]);
  return states.length ? t("ministry.witnesses-are", { n: enough, states: states.join(" · ") }) : t("ministry.witnesses-none");
}

function Choose({ scope, of, done }: { scope: string; of: Chosen; done: () => void }) {
  const candidates = of.candidates ?? [];
  const [names, setNames] = useState<string[]>([]);
  const [enough, setEnough] = useState(1);
  const { attempt, told } = useSigning(done);
  const toggle = (state: string) => setNames(names.includes(state) ? names.filter((n) => n !== state) : [...names, state]);
  const propose = (e: Event) => {
    e.preventDefault();
    const policy = policyOf(candidates.filter((c) => names.includes(c.state)), Math.min(enough, names.length));
    return attempt(async () => {
      const statement = JSON.stringify({ partner: scope, witnesses: await sha256(policy) });
      await post(`/v1/partners/${scope}/witnesses`, { policy, signature: await signed(statement) });
    });
  };
  return (
    <details>
      <summary>{t("ministry.witnesses-choose")}</summary>
      <form onSubmit={propose}>
        {told}
        <fieldset>
          <legend>{t("ministry.witnesses-who")}</legend>
          {candidates.length === 0 && <p>{t("ministry.witnesses-nobody")}</p>}
          {candidates.map((c) => (
            <div class="choice" key={c.state}>
              <input type="checkbox" id={`${scope}-witness-${c.state}`} checked={names.includes(c.state)} onChange={() => toggle(c.state)} />
              <label for={`${scope}-witness-${c.state}`}>{country(c.state)}</label>
            </div>
          ))}
        </fieldset>
        {names.length > 1 && (
          <Field label={t("ministry.witnesses-enough")}>{(a) => <input {...a} class="short" type="number" min={1} max={names.length} value={enough} onInput={(e) => setEnough(Number(e.currentTarget.value))} />}</Field>
        )}
        <div class="buttons">
          <Advised step={of.next}>{t("ministry.sign-and-propose")}</Advised>
        </div>
      </form>
    </details>
  );
}

function Confirm({ scope, of, done }: { scope: string; of: Chosen; done: () => void }) {
  const { attempt, told } = useSigning(done);
  return (
    <div class="card">
      <h3>{t("ministry.witnesses-proposed")}</h3>
      <p>{inWords(of.proposed ?? "")}</p>
      {told}
      <Advised step={of.next} run={() => attempt(async () => post(`/v1/partners/${scope}/witnesses/confirm`, { signature: await signed(of.statement ?? "") }))}>
        {t("ministry.sign-and-confirm")}
      </Advised>
    </div>
  );
}

/** scope: the code of a partner, or "all". */
export function Witnesses({ scope }: { scope: string }) {
  const chosen = useLoad((signal) => get<Chosen>(`/v1/partners/${scope}/witnesses`, { signal }), [scope]);
  return (
    <Load of={chosen}>
      {(c) => (
        <section aria-labelledby={`witnesses-${scope}`}>
          <h2 id={`witnesses-${scope}`}>{t(scope === "all" ? "ministry.witnesses-all" : "ministry.witnesses")}</h2>
          <p>{c.policy ? inWords(c.policy) : t(scope === "all" ? "ministry.witnesses-none" : "ministry.witnesses-as-all")}</p>
          {c.witnesses && (
            <Table
              caption={t("ministry.witnesses-seen")}
              name={`witnesses-${scope}`}
              rows={c.witnesses}
              columns={[
                { label: t("ministry.partner"), cell: (r) => country(r.state), text: (r) => r.state },
                { label: t("ministry.witnesses-size"), cell: (r) => number(r.size), text: (r) => r.size, end: true },
              ]}
            />
          )}
          {c.file && (
            <Button kind="quiet" run={() => download(c.file ?? "", `witnesses-${scope}.note`, "text/plain;charset=utf-8")}>
              {t("ministry.witnesses-file")}
            </Button>
          )}
          {c.proposed ? <Confirm scope={scope} of={c} done={chosen.again} /> : <Choose scope={scope} of={c} done={chosen.again} />}
        </section>
      )}
    </Load>
  );
}
