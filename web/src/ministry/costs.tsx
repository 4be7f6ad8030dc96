// costs.tsx - minutes and cost of cases beside the paper way; each figure opens onto its cases, each case onto its entries
import { useState } from "preact/hooks";
import type { CostLine as Line, Costs, Measured, MeasuredList, MissionList, ServiceList } from "../base/answers";
import { get, post, query } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { useSigning } from "../base/signing";
import { Button, Day, Field, Heading, Load, Moment, Table, Typed, useLoad } from "../base/ui";
import { collate, inWords, language, money, number, t } from "../base/words";
import { Figure } from "./glance";
import { worded } from "./host";

/** What can be added up: minutes always, money by its currency. */
interface Sum {
  key: string;
  cases: number;
  seconds: number;
  compared: number;
  paper: number;
  saved: number;
  money: Record<string, { cost: number; saved: number }>;
}

function sums(lines: Line[], key: (l: Line) => string): Sum[] {
  const all = new Map<string, Sum>();
  for (const l of lines) {
    const s = all.get(key(l)) ?? { key: key(l), cases: 0, seconds: 0, compared: 0, paper: 0, saved: 0, money: {} };
    s.cases += l.cases;
    s.seconds += l.seconds;
    if (l.paper_seconds !== undefined) {
      s.compared += l.cases;
      s.paper += l.paper_seconds;
      s.saved += l.saved_seconds ?? 0;
    }
    if (l.currency) {
      const m = (s.money[l.currency] ??= { cost: 0, saved: 0 });
      m.cost += l.cost ?? 0;
      m.saved += l.saved ?? 0;
    }
    all.set(s.key, s);
  }
  return [...all.values()];
}

const minutes = (seconds: number, n: number) => (n ? t("ministry.minutes", { n: Math.round(seconds / 6 / n) / 10 }) : t("common.none"));
const hours = (seconds: number) => t("ministry.hours", { n: Math.round(seconds / 3600) });
const amounts = (s: Sum, of: "cost" | "saved") => Object.entries(s.money).map(([c, m]) => money(m[of], c)).join(" + ") || t("common.none");

interface Named {
  mission: (code: string) => string;
  service: (name: string) => string;
}

function useNames(): Named {
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  return {
    mission: (code) => inWords(missions.data?.missions.find((m) => m.code === code)?.name) || code,
    service: (name) => services.data?.services.find((s) => s.name === name)?.title ?? name,
  };
}

function SumTable({ rows, caption, name, label, link }: { rows: Sum[]; caption: string; name: string; label: (key: string) => string; link: (key: string) => string }) {
  return (
    <Table
      caption={caption}
      name={name}
      rows={rows.sort((a, b) => b.saved - a.saved || collate(label(a.key), label(b.key)))}
      columns={[
        { label: caption, cell: (r) => <a href={link(r.key)}>{label(r.key)}</a>, text: (r) => label(r.key) },
        { label: t("ministry.cases"), cell: (r) => number(r.cases), text: (r) => r.cases, end: true },
        { label: t("ministry.minutes-per-case"), cell: (r) => minutes(r.seconds, r.cases), text: (r) => Math.round(r.seconds / 6 / r.cases) / 10, end: true },
        { label: t("ministry.paper-per-case"), cell: (r) => minutes(r.paper, r.compared), text: (r) => (r.compared ? Math.round(r.paper / 6 / r.compared) / 10 : ""), end: true },
        { label: t("ministry.time-saved"), cell: (r) => hours(r.saved), text: (r) => Math.round(r.saved / 3600), end: true },
        { label: t("ministry.cost"), cell: (r) => amounts(r, "cost"), text: (r) => amounts(r, "cost"), end: true },
        { label: t("ministry.cost-saved"), cell: (r) => amounts(r, "saved"), text: (r) => amounts(r, "saved"), end: true },
      ]}
    />
  );
}

function Totals({ all }: { all: Sum }) {
  return (
    <ul class="figures">
      <Figure value={number(all.cases)} label={t("ministry.cases-measured")} />
      <Figure value={minutes(all.seconds, all.cases)} label={t("ministry.minutes-per-case")} />
      <Figure value={hours(all.saved)} label={t("ministry.time-saved")} />
      <Figure value={amounts(all, "cost")} label={t("ministry.cost")} />
      <Figure value={amounts(all, "saved")} label={t("ministry.cost-saved")} />
    </ul>
  );
}

/** ?mission= or ?service=: the figures of one, each row one step nearer to its cases. */
export function CostsPage({ query: asked }: PageProps) {
  const costs = useLoad((signal) => get<Costs>("/v1/costs", { signal }), []);
  const names = useNames();
  const mission = asked.get("mission") ?? "";
  const service = asked.get("service") ?? "";
  const narrowed = mission || service;
  return (
    <>
      <a class="back" href={to(narrowed ? "/ministry/costs" : "/ministry")}>
        {t(narrowed ? "ministry.costs" : "ministry.overview")}
      </a>
      <Heading lead={t("ministry.costs-lead")}>{mission ? names.mission(mission) : service ? names.service(service) : t("ministry.costs")}</Heading>
      <Load of={costs}>
        {(c) => {
          const lines = c.lines.filter((l) => (!mission || l.mission === mission) && (!service || l.service === service));
          const [all] = sums(lines, () => "");
          const evidence = (m: string, s: string) => to(`/ministry/costs/${m}/${s}`);
          return (
            <>
              {all && <Totals all={all} />}
              <p class="help">{t("ministry.costs-how", { cap: c.cap_seconds / 60 })}</p>
              {!mission && (
                <SumTable rows={sums(lines, (l) => l.mission)} caption={t("ministry.missions")} name="costs-missions" label={names.mission} link={(m) => (service ? evidence(m, service) : to(`/ministry/costs?mission=${m}`))} />
              )}
              {!service && (
                <SumTable rows={sums(lines, (l) => l.service)} caption={t("ministry.services")} name="costs-services" label={names.service} link={(s) => (mission ? evidence(mission, s) : to(`/ministry/costs?service=${s}`))} />
              )}
              {!narrowed && <Bases of={c} names={names} done={costs.again} />}
            </>
          );
        }}
      </Load>
    </>
  );
}

/* ---- upon what the figures stand ------------------------------------------------------------- */

function Bases({ of, names, done }: { of: Costs; names: Named; done: () => void }) {
  const place = (code: string) => (code === "*" ? t("ministry.all-missions") : names.mission(code));
  return (
    <section aria-label={t("ministry.bases")}>
      <h2>{t("ministry.bases")}</h2>
      <Table
        caption={t("ministry.rates")}
        name="rates"
        rows={of.rates}
        columns={[
          { label: t("ministry.mission"), cell: (r) => place(r.mission), text: (r) => place(r.mission) },
          { label: t("ministry.per-hour"), cell: (r) => money(r.per_hour, r.currency), text: (r) => money(r.per_hour, r.currency), end: true },
          { label: t("ministry.figure-source"), cell: (r) => <Typed>{r.source}</Typed>, text: (r) => r.source },
          { label: t("common.since"), cell: (r) => <Day on={r.at.slice(0, 10)} both={false} />, text: (r) => r.at },
        ]}
      />
      <NewRate done={done} />
      <Table
        caption={t("ministry.paper-times")}
        name="paper"
        rows={of.paper}
        columns={[
          { label: t("ministry.service"), cell: (r) => names.service(r.service), text: (r) => names.service(r.service) },
          { label: t("ministry.paper-per-case"), cell: (r) => t("ministry.minutes", { n: r.minutes }), text: (r) => r.minutes, end: true },
          { label: t("ministry.figure-source"), cell: (r) => <Typed>{r.source}</Typed>, text: (r) => r.source },
          { label: t("common.since"), cell: (r) => <Day on={r.at.slice(0, 10)} both={false} />, text: (r) => r.at },
        ]}
      />
      <NewPaper done={done} />
    </section>
  );
}

function Choice({ id, label, list, value, set, first }: { id: string; label: string; list: [string, string][]; value: string; set: (v: string) => void; first: string }) {
  return (
    <Field label={label} id={id}>
      {(a) => (
        <select {...a} value={value} onChange={(e) => set(e.currentTarget.value)}>
          <option value="">{first}</option>
          {list.map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Text({ id, label, type, value, set, dir, pattern }: { id: string; label: string; type: string; value: string; set: (v: string) => void; dir?: "auto" | "ltr"; pattern?: string }) {
  return <Field label={label} id={id}>{(a) => <input {...a} type={type} required min={type === "number" ? "0.01" : undefined} step={type === "number" ? "any" : undefined} pattern={pattern} dir={dir} value={value} onInput={(e) => set(e.currentTarget.value)} />}</Field>;
}

/** An amount as it is written, in minor units of its currency. */
function minor(text: string, currency: string): number {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return Math.round(Number(text) * 10 ** digits);
}

function NewRate({ done }: { done: () => void }) {
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const [mission, setMission] = useState("");
  const [amount, setAmount] = useState("");
  const [currency, setCurrency] = useState("USD");
  const [source, setSource] = useState("");
  const { attempt, told } = useSigning(done);
  const save = (e: Event) => (e.preventDefault(), attempt(() => post("/v1/costs/rates", { ...(mission ? { mission } : {}), per_hour: minor(amount, currency), currency, source })));
  return (
    <details>
      <summary>{t("ministry.set-rate")}</summary>
      <form onSubmit={save}>
        {told}
        <Choice id="rate-mission" label={t("ministry.mission")} first={t("ministry.all-missions")} list={(missions.data?.missions ?? []).map((m) => [m.code, inWords(m.name)])} value={mission} set={setMission} />
        <Text id="rate-amount" label={t("ministry.per-hour")} type="number" value={amount} set={setAmount} />
        <Text id="rate-currency" label={t("ministry.currency")} type="text" dir="ltr" pattern="[A-Z]{3}" value={currency} set={setCurrency} />
        <Text id="rate-source" label={t("ministry.figure-source")} type="text" dir="auto" value={source} set={setSource} />
        <div class="buttons">
          <Button>{t("ministry.set-rate")}</Button>
        </div>
      </form>
    </details>
  );
}

function NewPaper({ done }: { done: () => void }) {
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const [service, setService] = useState("");
  const [took, setTook] = useState("");
  const [source, setSource] = useState("");
  const { attempt, told } = useSigning(done);
  const save = (e: Event) => (e.preventDefault(), attempt(() => post("/v1/costs/paper", { service, minutes: Math.round(Number(took)), source })));
  return (
    <details>
      <summary>{t("ministry.set-paper")}</summary>
      <form onSubmit={save}>
        {told}
        <Choice id="paper-service" label={t("ministry.service")} first={t("ministry.choose")} list={(services.data?.services ?? []).map((s) => [s.name, s.title])} value={service} set={setService} />
        <Text id="paper-minutes" label={t("ministry.paper-per-case")} type="number" value={took} set={setTook} />
        <Text id="paper-source" label={t("ministry.figure-source")} type="text" dir="auto" value={source} set={setSource} />
        <div class="buttons">
          <Button disabled={!service}>{t("ministry.set-paper")}</Button>
        </div>
      </form>
    </details>
  );
}

/* ---- the evidence ---------------------------------------------------------------------------- */

const worked = (m: Measured) => m.work.reduce((n, w) => n + w.seconds, 0);

export function EvidencePage({ params }: PageProps) {
  const { mission = "", service = "" } = params;
  const names = useNames();
  const [before, setBefore] = useState<string>();
  const list = useLoad((signal) => get<MeasuredList>(`/v1/missions/${mission}/costs/${service}${query({ before })}`, { signal }), [mission, service, before]);
  return (
    <>
      <a class="back" href={to(`/ministry/costs?mission=${mission}`)}>
        {names.mission(mission)}
      </a>
      <Heading lead={t("ministry.evidence-of-minutes")}>{names.service(service)}</Heading>
      <Load of={list}>
        {({ cases, before: older }) => (
          <>
            <Table
              caption={t("ministry.cases")}
              name={`minutes-${mission}-${service}`}
              rows={cases}
              columns={[
                { label: t("ministry.case"), cell: (r) => <a class="mono" href={`${to("/ministry/journal")}?subject=case/${r.id}`}>{r.id.slice(-12)}</a>, text: (r) => r.id },
                { label: t("ministry.decided-on"), cell: (r) => <Moment at={r.decided} />, text: (r) => r.decided },
                { label: t("ministry.worked"), cell: (r) => t("ministry.minutes", { n: Math.round(worked(r) / 6) / 10 }), text: (r) => Math.round(worked(r) / 6) / 10, end: true },
                { label: t("ministry.each-step"), cell: (r) => <Steps of={r} />, text: (r) => r.work.length },
              ]}
            />
            {older && (
              <Button kind="quiet" run={() => setBefore(older)}>
                {t("ministry.older-cases")}
              </Button>
            )}
          </>
        )}
      </Load>
    </>
  );
}

function Steps({ of }: { of: Measured }) {
  return (
    <details>
      <summary>{t("ministry.steps", { n: of.work.length })}</summary>
      <ul>
        {of.work.map((w) => (
          <li key={w.index}>
            <Moment at={w.at} /> – {worded(`ministry.did.${w.action}`, w.action)} – {t("ministry.minutes", { n: Math.round(w.seconds / 6) / 10 })} –{" "}
            <a href={to(`/ministry/journal/${w.epoch}/${w.index}`)}>{t("ministry.entry-of", { n: number(w.index) })}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}
