// acts.tsx - what can be done towards a state from its page, and what the policy says of it before it is done
import { useEffect, useState } from "preact/hooks";
import { get, post, query } from "../base/api";
import type { Advice, Aims } from "../base/answers";
import { to } from "../base/router";
import { useSigning } from "../base/signing";
import { Button, Failure, Field, Notice, Reasons, useLoad } from "../base/ui";
import { inWords, language, homeCode, t } from "../base/words";

type Names = Record<string, string>;
type Values = Record<string, string | boolean | string[]>;

export interface Towards {
  code: string;
  name: string;
  organisations: { code: string; name: Names }[];
}

/* An act: its fields, where it is sent, what goes there beside what was filled in. */
interface Offer {
  path: string;
  fields: string[];
  fixed?: (towards: Towards) => Record<string, unknown>;
}

const offers: Record<string, Offer> = {
  "note.send": { path: "notes", fields: ["subject", "text", "emergency"], fixed: () => ({ language }) },
  "help.give": { path: "help/given", fields: ["title", "aim", "capability", "amount", "urgent"] },
  "intelligence.give": { path: "intelligence/given", fields: ["title", "aim", "tlp", "releasable", "undertakings", "urgent"], fixed: () => ({ originator: homeCode }) },
  "figures.give": { path: "figures/given", fields: ["title", "aim", "tlp", "personal", "undertakings"] },
  "protection.give": { path: "protection/given", fields: ["title", "aim", "capability", "amount"], fixed: (s) => ({ citizen: s.code }) },
  "protection.ask": { path: "protection/asked", fields: ["title", "aim"], fixed: () => ({ citizen: homeCode }) },
};

const levels = ["CLEAR", "GREEN", "AMBER", "AMBER_STRICT", "RED"];
const promises = ["no-onward-sharing", "named-recipients", "statistical-use-only", "originator-consent"];
const yesNo = ["emergency", "urgent", "personal"];

/** What was filled in, as the act takes it. */
function inputOf(offer: Offer, values: Values, towards: Towards): Record<string, unknown> {
  const input: Record<string, unknown> = { ...offer.fixed?.(towards) };
  for (const name of offer.fields) {
    const v = values[name];
    if (name === "personal") input[name] = v === true;
    else if (name === "amount") values["capability"] && v && (input[name] = Number(v));
    else if (name === "tlp") input[name] = v ?? "GREEN";
    else if (v === true || (typeof v === "string" && v) || (Array.isArray(v) && v.length)) input[name] = v;
  }
  return input;
}

/** Asks a moment after the last change: an older answer never replaces a newer one. */
function useAdvice(code: string, action: string, input: Record<string, unknown>): Advice | undefined {
  const [advice, setAdvice] = useState<Advice>();
  const asked = JSON.stringify({ action, input });
  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(
      () =>
        post<Advice>(`/v1/countries/${code}/advice${query({ language })}`, JSON.parse(asked), { signal: control.signal }).then(
          (a) => !control.signal.aborted && setAdvice(a),
          () => !control.signal.aborted && setAdvice(undefined),
        ),
      250,
    );
    return () => (clearTimeout(timer), control.abort());
  }, [code, asked]);
  return advice;
}

function Advised({ advice, name }: { advice: Advice | undefined; name: string }) {
  if (!advice) return null;
  const no = advice.refused;
  if (!no)
    return advice.line === false ? (
      <Notice kind="warn" title={t("ministry.no-line", { name })} />
    ) : (
      <Notice kind="good" title={t("ministry.would-permit")} />
    );
  return (
    <Notice kind="warn" title={t("ministry.would-refuse")}>
      <Reasons by={no.by?.length ? no.by : (no.near ?? [])} />
      {(no.undertakings?.length ?? 0) > 0 && <p>{t("ministry.if-promised", { name, promised: no.undertakings!.map((u) => t(`ministry.undertaking.${u}`)).join(" · ") })}</p>}
    </Notice>
  );
}

interface InputProps {
  name: string;
  values: Values;
  set: (name: string, value: Values[string]) => void;
  choices: Aims | undefined;
  towards: Towards;
}

function Select({ name, values, set, options, required }: InputProps & { options: [string, string][]; required?: boolean }) {
  return (
    <Field label={t(`ministry.act-field.${name}`)} id={`act-${name}`}>
      {(a) => (
        <select {...a} required={required} value={(values[name] as string) ?? (name === "tlp" ? "GREEN" : "")} onChange={(e) => set(name, e.currentTarget.value)}>
          {name !== "tlp" && <option value="">{t("ministry.choose")}</option>}
          {options.map(([code, label]) => (
            <option key={code} value={code}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Several({ name, values, set, options }: InputProps & { options: [string, string][] }) {
  const chosen = (values[name] as string[] | undefined) ?? [];
  return (
    <fieldset>
      <legend>{t(`ministry.act-field.${name}`)}</legend>
      {options.map(([code, label]) => (
        <div class="choice" key={code}>
          <input type="checkbox" id={`act-${name}-${code}`} checked={chosen.includes(code)} onChange={() => set(name, chosen.includes(code) ? chosen.filter((c) => c !== code) : [...chosen, code])} />
          <label for={`act-${name}-${code}`}>{label}</label>
        </div>
      ))}
    </fieldset>
  );
}

function Input(props: InputProps) {
  const { name, values, set, choices, towards } = props;
  const titled = (list: { code: string; title: Names }[] | undefined): [string, string][] => (list ?? []).map((x) => [x.code, inWords(x.title)]);
  if (name === "aim") return <Select {...props} options={titled(choices?.aims.filter((a) => a.pursued))} />;
  if (name === "capability") return <Select {...props} required options={titled(choices?.capabilities)} />;
  if (name === "tlp") return <Select {...props} required options={levels.map((l) => [l, t(`ministry.tlp.${l}`)])} />;
  if (name === "releasable") return towards.organisations.length ? <Several {...props} options={towards.organisations.map((o) => [o.code, inWords(o.name)])} /> : null;
  if (name === "undertakings") return <Several {...props} options={promises.map((p) => [p, t(`ministry.undertaking.${p}`)])} />;
  if (yesNo.includes(name))
    return (
      <div class="choice">
        <input type="checkbox" id={`act-${name}`} checked={values[name] === true} onChange={(e) => set(name, e.currentTarget.checked)} />
        <label for={`act-${name}`}>{t(`ministry.act-field.${name}`)}</label>
      </div>
    );
  const value = (values[name] as string) ?? "";
  return (
    <Field label={t(`ministry.act-field.${name}`)} id={`act-${name}`}>
      {(a) =>
        name === "text" ? (
          <textarea {...a} required dir="auto" rows={6} value={value} onInput={(e) => set(name, e.currentTarget.value)} />
        ) : (
          <input {...a} required={name !== "amount"} type={name === "amount" ? "number" : "text"} min={name === "amount" ? 1 : undefined} dir="auto" value={value} onInput={(e) => set(name, e.currentTarget.value)} />
        )
      }
    </Field>
  );
}

/** While the title is not written yet, the policy is asked all the same: it does not decide by it. */
const askable = (action: string, input: Record<string, unknown>) => (action === "note.send" ? input : { title: "–", ...input });

function ActForm({ action, towards, done }: { action: string; towards: Towards; done: () => void }) {
  const offer = offers[action]!;
  const [values, setValues] = useState<Values>({});
  const choices = useLoad((signal) => get<Aims>("/v1/aims", { signal }), []);
  const input = inputOf(offer, values, towards);
  const advice = useAdvice(towards.code, action, askable(action, input));
  const { attempt, told } = useSigning(done);
  const act = (e: Event) => (e.preventDefault(), attempt(() => post(`/v1/partners/${towards.code}/${offer.path}`, input)));
  return (
    <form onSubmit={act}>
      <Failure error={choices.error} />
      {offer.fields.map((name) => (
        <Input key={name} name={name} values={values} set={(n, v) => setValues({ ...values, [n]: v })} choices={choices.data} towards={towards} />
      ))}
      <div aria-live="polite">
        <Advised advice={advice} name={towards.name} />
      </div>
      {told}
      <div class="buttons">
        <Button disabled={!advice || advice.refused !== undefined || advice.line === false}>{t(`ministry.do.${action}`)}</Button>
      </div>
    </form>
  );
}

export function Acts({ towards, done }: { towards: Towards; done: () => void }) {
  const [action, setAction] = useState("");
  const [did, setDid] = useState("");
  const finished = () => (setDid(action), setAction(""), done());
  return (
    <section class="card acts" aria-labelledby="acts">
      <h2 id="acts">{t("ministry.acts", { name: towards.name })}</h2>
      <p class="help">{t("ministry.acts-lead")}</p>
      {did && <Notice kind="good" title={t("ministry.was-done", { what: t(`ministry.do.${did}`) })} />}
      <Field label={t("ministry.which-act")} id="which-act">
        {(a) => (
          <select {...a} value={action} onChange={(e) => (setAction(e.currentTarget.value), setDid(""))}>
            <option value="">{t("ministry.choose")}</option>
            {Object.keys(offers).map((o) => (
              <option key={o} value={o}>
                {t(`ministry.do.${o}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {action && <ActForm key={action} action={action} towards={towards} done={finished} />}
      <p>
        <a href={to(`/ministry/partners/${towards.code}`)}>{t("ministry.standing-there")}</a>
      </p>
    </section>
  );
}
