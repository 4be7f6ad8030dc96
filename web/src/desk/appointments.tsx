// appointments.tsx - the mission's appointments: who comes on a day, the rules of its hours, rounds and their state
import { useState } from "preact/hooks";
import type { AppointmentRules, RoundList, ServiceList, Visit, VisitList, VisitRule as Rule } from "../base/answers";
import { get, post, put } from "../base/api";
import type { ServiceRow } from "../base/model";
import { useKeys } from "../base/keys";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { weekday } from "../base/opening";
import { session } from "../base/session";
import { missionNames } from "./mission";
import { Button, Day, Failure, Field, Heading, Load, Moment, Notice, Table, Tag, useLoad } from "../base/ui";
import { inWords, language, number, t, timeThere } from "../base/words";

function useServices(): [ServiceRow[], (name: string) => string] {
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const list = services.data?.services ?? [];
  return [list, (name) => list.find((s) => s.name === name)?.title ?? name];
}

const today = () => new Intl.DateTimeFormat("en-CA", { dateStyle: "short" }).format(new Date());
const KINDS: Record<Visit["state"], string> = { booked: "", arrived: "warn", served: "good", missed: "bad" };
const MARKS = { a: "arrived", s: "served", m: "missed" } as const;

/** j and k move, a, s and m say what happened, Enter opens the case. */
export function Today({ query }: PageProps) {
  const who = useLoad(() => session(), []);
  const [day, setDay] = useState(query.get("day") ?? today());
  const elsewhere = query.get("mission");
  const names = useLoad(missionNames, []);
  const mission = elsewhere ?? who.data?.mission;
  const list = useLoad(async (signal) => (mission ? get<VisitList>(`/v1/missions/${mission}/days/${day}`, { signal }) : undefined), [mission, day]);
  return (
    <>
      <Heading lead={t("desk.today-lead")}>{t("desk.today")}</Heading>
      {elsewhere && <h2>{inWords(names.data?.[elsewhere]) || elsewhere}</h2>}
      <div class="row">
        <Field label={t("desk.today-day")}>{(a) => <input {...a} type="date" required value={day} onInput={(e) => e.currentTarget.value && setDay(e.currentTarget.value)} />}</Field>
        <p>
          <a href={to("/desk/appointments")}>{t("desk.rules")}</a>
        </p>
      </div>
      <Load of={list}>{(l) => l && <Visits list={l.appointments} done={list.again} />}</Load>
    </>
  );
}

function Visits({ list, done }: { list: Visit[]; done: () => void }) {
  const [, title] = useServices();
  const [at, setAt] = useState(0);
  const [failed, setFailed] = useState<unknown>();
  const mark = async (v: Visit, as: string) => {
    try {
      await post(`/v1/desk/cases/${v.case}/appointment/mark`, { as });
      setFailed(undefined);
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  useKeys((key) => {
    const v = list[at];
    if (key === "j" || key === "ArrowDown") setAt(Math.min(at + 1, list.length - 1));
    else if (key === "k" || key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (key === "Enter" && v) go(`/desk/cases/${v.case}`);
    else if (v && key in MARKS) void mark(v, MARKS[key as keyof typeof MARKS]);
    else return false;
    return true;
  }, "input, select, textarea, button, a");
  if (!list.length) return <p class="empty">{t("desk.today-empty")}</p>;
  return (
    <>
      <Failure error={failed} />
      <div class="table" tabIndex={0} role="region" aria-label={t("desk.today")}>
        <table class="queue stack" role="table">
          <caption>{t("desk.today-caption", { n: list.length })}</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["time", "counter", "service", "reference", "came", "mark"].map((c) => (
                <th role="columnheader" scope="col" key={c}>
                  {t(`desk.today.${c}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {list.map((v, i) => (
              <tr role="row" key={`${v.case}${v.at}`} class={i === at ? "here" : undefined}>
                <td role="cell" data-label={t("desk.today.time")}>
                  <time>{timeThere(v.at, false)}</time>
                </td>
                <td role="cell" data-label={t("desk.today.counter")}>{number(v.counter)}</td>
                <td role="cell" data-label={t("desk.today.service")}>
                  {title(v.service)} {v.urgent && <Tag kind="warn">{t("desk.today.urgent")}</Tag>}
                </td>
                <td role="cell" data-label={t("desk.today.reference")}>
                  <a class="mono" href={to(`/desk/cases/${v.case}`)}>
                    {v.case.slice(-6)}
                  </a>
                </td>
                <td role="cell" data-label={t("desk.today.came")}>
                  <Tag kind={KINDS[v.state]}>{t(`desk.today.${v.state}`)}</Tag>
                </td>
                <td role="cell" data-label={t("desk.today.mark")}>
                  {(v.state === "booked" || v.state === "arrived") && (
                    <div class="buttons">
                      {(["arrived", "served", "missed"] as const)
                        .filter((as) => v.state === "booked" || as === "served")
                        .map((as) => (
                          <Button key={as} kind="quiet" run={() => mark(v, as)}>
                            {t(`desk.today.mark-${as}`)}
                          </Button>
                        ))}
                    </div>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="help">{t("desk.today.keys")}</p>
    </>
  );
}

/* ---- rules and rounds ----------------------------------------------------------------------- */

export function Appointments(_: PageProps) {
  const who = useLoad(() => session(), []);
  const mission = who.data?.mission;
  return (
    <>
      <a class="back" href={to("/desk/today")}>
        {t("desk.today")}
      </a>
      <Heading lead={t("desk.rules-lead")}>{t("desk.rules")}</Heading>
      {mission && <Whole mission={mission} />}
    </>
  );
}

export function Whole({ mission, changed }: { mission: string; changed?: () => void }) {
  const rules = useLoad((signal) => get<AppointmentRules>(`/v1/missions/${mission}/appointments`, { signal }), [mission]);
  const rounds = useLoad((signal) => get<RoundList>(`/v1/missions/${mission}/rounds`, { signal }), [mission]);
  const [services, title] = useServices();
  const [chosen, setService] = useState("");
  const service = chosen || rules.data?.rules[0]?.service || services[0]?.name || "";
  return (
    <>
      <Field label={t("desk.service")}>
        {(a) => (
          <select {...a} value={service} onChange={(e) => setService(e.currentTarget.value)}>
            {services.map((s) => (
              <option key={s.name} value={s.name}>
                {s.title}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Load of={rules}>
        {({ rules: list }) => {
          const rule = list.find((r) => r.service === service)?.rule;
          return (
            <div class="split">
              <Hours key={service} mission={mission} service={service} rule={rule} done={() => (rules.again(), changed?.())} />
              {rule && <OpenRound key={`round-${service}`} mission={mission} service={service} done={rounds.again} />}
            </div>
          );
        }}
      </Load>
      <Load of={rounds}>
        {({ rounds: list }) => (
          <Table
            caption={t("desk.rounds")}
            name="rounds"
            rows={list}
            columns={[
              { label: t("desk.service"), cell: (r) => title(r.service), text: (r) => title(r.service) },
              { label: t("desk.rounds.days"), cell: (r) => <><Day on={r.from} both={false} /> – <Day on={r.to} both={false} /></>, text: (r) => `${r.from}/${r.to}` },
              { label: t("desk.rounds.closes"), cell: (r) => <Moment at={r.closes} />, text: (r) => r.closes },
              { label: t("desk.rounds.state"), cell: (r) => <Tag kind={r.state === "open" ? "warn" : "good"}>{t(`desk.rounds.${r.state}`)}</Tag>, text: (r) => r.state },
              { label: t("desk.rounds.asks"), cell: (r) => number(r.asks), text: (r) => r.asks, end: true },
              { label: t("desk.rounds.waiting"), cell: (r) => number(r.waiting), text: (r) => r.waiting, end: true },
              { label: t("desk.rounds.draw"), cell: (r) => <a href={`/v1/rounds/${r.id}`} download={`draw-${r.id}.json`}>{t("desk.rounds.download")}</a> },
            ]}
          />
        )}
      </Load>
    </>
  );
}


/** One span of hours and one break: what most posts have; a rule with more is set by the command line. */
function Hours({ mission, service, rule, done }: { mission: string; service: string; rule: Rule | undefined; done: () => void }) {
  const [r, setRule] = useState<Rule>(rule ?? { hours: [{ days: [0, 1, 2, 3, 4], from: "09:00", to: "12:00" }], counters: 1, minutes: 20, held: 1, grace: 15 });
  const [saved, setSaved] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const change = (part: Partial<Rule>) => setRule({ ...r, ...part });
  const span = (i: number, part: Partial<Rule["hours"][0]>) => change({ hours: r.hours.map((h, k) => (k === i ? { ...h, ...part } : h)) });
  const pause = r.breaks?.[0];
  const save = async (e: Event) => {
    e.preventDefault();
    try {
      await put(`/v1/missions/${mission}/appointments/${service}`, r);
      setFailed(undefined);
      setSaved(true);
      done();
    } catch (error) {
      setSaved(false);
      setFailed(error);
    }
  };
  return (
    <form class="card" onSubmit={save}>
      <h2>{t("desk.hours")}</h2>
      <Failure error={failed} />
      {saved && <Notice kind="good" title={t("common.saved")} />}
      {r.hours.map((h, i) => (
        <fieldset key={i}>
          <legend>{t("desk.hours.open", { n: i + 1 })}</legend>
          <div class="choices">
            {[0, 1, 2, 3, 4, 5, 6].map((d) => (
              <div class="choice" key={d}>
                <input type="checkbox" id={`day-${i}-${d}`} checked={h.days.includes(d)} onChange={() => span(i, { days: h.days.includes(d) ? h.days.filter((x) => x !== d) : [...h.days, d].sort() })} />
                <label for={`day-${i}-${d}`}>{weekday(d)}</label>
              </div>
            ))}
          </div>
          <div class="row">
            <Field label={t("desk.hours.from")}>{(a) => <input {...a} type="time" required value={h.from} onInput={(e) => span(i, { from: e.currentTarget.value })} />}</Field>
            <Field label={t("desk.hours.to")}>{(a) => <input {...a} type="time" required value={h.to} onInput={(e) => span(i, { to: e.currentTarget.value })} />}</Field>
          </div>
        </fieldset>
      ))}
      <div class="buttons">
        <Button kind="quiet" run={() => change({ hours: [...r.hours, { days: [], from: "14:00", to: "16:00" }] })}>
          {t("desk.hours.more")}
        </Button>
      </div>
      <fieldset>
        <legend>{t("desk.hours.break")}</legend>
        <div class="row">
          {(["from", "to"] as const).map((end) => (
            <Field key={end} label={t(`desk.hours.${end}`)}>
              {(a) => (
                <input
                  {...a}
                  type="time"
                  value={pause?.[end] ?? ""}
                  onInput={(e) => {
                    const b = { from: "", to: "", ...pause, [end]: e.currentTarget.value };
                    change({ breaks: b.from || b.to ? [b, ...(r.breaks?.slice(1) ?? [])] : [] });
                  }}
                />
              )}
            </Field>
          ))}
        </div>
      </fieldset>
      <div class="row">
        {([["counters", 1, 20], ["minutes", 5, 240], ["held", 0, 200], ["grace", 0, 240]] as const).map(([name, least, most]) => (
          <Field key={name} label={t(`desk.hours.${name}`)}>
            {(a) => <input {...a} type="number" required min={least} max={most} value={r[name] ?? 0} onInput={(e) => change({ [name]: Number(e.currentTarget.value) })} />}
          </Field>
        ))}
      </div>
      <div class="buttons">
        <Button>{t("common.save")}</Button>
      </div>
    </form>
  );
}

function OpenRound({ mission, service, done }: { mission: string; service: string; done: () => void }) {
  const [days, setDays] = useState({ closes: "", from: "", to: "" });
  const [opened, setOpened] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const open = async (e: Event) => {
    e.preventDefault();
    try {
      await post(`/v1/missions/${mission}/appointments/${service}/rounds`, { ...days, closes: days.closes.slice(0, 16) });
      setFailed(undefined);
      setOpened(true);
      done();
    } catch (error) {
      setOpened(false);
      setFailed(error);
    }
  };
  return (
    <form class="card" onSubmit={open}>
      <h2>{t("desk.round")}</h2>
      <p>{t("desk.round.help")}</p>
      <Failure error={failed} />
      {opened && <Notice kind="good" title={t("desk.round.opened")} />}
      <Field label={t("desk.round.from")}>{(a) => <input {...a} type="date" required value={days.from} onInput={(e) => setDays({ ...days, from: e.currentTarget.value })} />}</Field>
      <Field label={t("desk.round.to")}>{(a) => <input {...a} type="date" required value={days.to} onInput={(e) => setDays({ ...days, to: e.currentTarget.value })} />}</Field>
      <Field label={t("desk.round.closes")} help={t("desk.round.closes-help")}>
        {(a) => <input {...a} type="datetime-local" required value={days.closes} onInput={(e) => setDays({ ...days, closes: e.currentTarget.value })} />}
      </Field>
      <div class="buttons">
        <Button>{t("desk.round.open")}</Button>
      </div>
    </form>
  );
}
