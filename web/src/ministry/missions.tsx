// missions.tsx - a mission is opened, serves countries, says when it is open, signs its holidays, closes
import { useState } from "preact/hooks";
import { Advised, stepOf } from "../base/advice";
import type { Calendar as Holidays, Coverage, Holiday, Holidays as ProposedDays, MinistryGlance, MissionList, MissionPage as Shown, NextAct as Step, Obstacle, Opening } from "../base/answers";
import { get, post, Problem, put } from "../base/api";
import { countries } from "../base/countries";
import { sha256 } from "../base/digest";
import { Open, weekday } from "../base/opening";
import { signed } from "../base/passkey";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { canonical } from "../base/sign";
import { useSigning } from "../base/signing";
import { Button, Day, Field, Heading, Load, Moment, Notice, Table, Tag, useLoad } from "../base/ui";
import { collate, country, has, inWords, t, yearIn } from "../base/words";

/** What a mission is for others, and what its head and the ministry change of it. */
export function Arrange({ code, next, inTheWay, title, again }: { code: string; next: Step[]; inTheWay: Obstacle[]; title: (service: string) => string; again: () => void }) {
  const mission = useLoad((signal) => get<Shown>(`/v1/missions/${code}`, { signal }), [code]);
  const done = () => (mission.again(), again());
  return (
    <Load of={mission}>
      {(m) => (
        <>
          {m.closed && (
            <Notice kind="warn" title={t("ministry.mission-closed")}>
              <Moment at={m.closed} />
            </Notice>
          )}
          <Serves of={m} next={next} title={title} done={done} />
          <Hours of={m} next={next} done={done} />
          <Calendar code={code} next={next} />
          {!m.closed && code !== "ministry" && <Close code={code} next={next} inTheWay={inTheWay} title={title} done={done} />}
        </>
      )}
    </Load>
  );
}

interface PartProps {
  of: Shown;
  next: Step[];
  done: () => void;
}

/* ---- whom it serves */

function Serves({ of, next, title, done }: PartProps & { title: (service: string) => string }) {
  return (
    <>
      <Table
        caption={t("ministry.serves")}
        name={`serves-${of.code}`}
        rows={of.serves}
        columns={[
          { label: t("ministry.host-country"), cell: (r) => <a href={to(`/ministry/countries/${r.country}`)}>{country(r.country)}</a>, text: (r) => r.country },
          { label: t("ministry.service"), cell: (r) => (r.service ? title(r.service) : t("ministry.everything")), text: (r) => r.service ?? "" },
          { label: t("ministry.how"), cell: (r) => <Tag>{t(`ministry.way.${r.country === of.country ? "resident" : of.code === "ministry" ? "ministry" : "afar"}`)}</Tag>, text: (r) => (r.country === of.country ? "resident" : "afar") },
        ]}
      />
      {!of.closed && <Accredit of={of} next={next} done={done} />}
    </>
  );
}

/** Further countries look to this mission: each leaves the one that answered for it. */
function Accredit({ of, next, done }: PartProps) {
  const [chosen, setChosen] = useState<string[]>([]);
  const coverage = useLoad((signal) => get<Coverage>("/v1/coverage", { signal }), [of]);
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const { attempt, told } = useSigning(() => (setChosen([]), done()));
  const nameOf = (code: string) => {
    const m = missions.data?.missions.find((x) => x.code === code);
    return inWords(m?.name) || code;
  };
  const others = (coverage.data?.countries ?? []).filter((c) => c.authority !== of.code && !chosen.includes(c.country)).sort((a, b) => collate(country(a.country), country(b.country)));
  const now = (c: string) => coverage.data?.countries.find((x) => x.country === c)?.authority ?? "";
  const assign = (e: Event) => {
    e.preventDefault();
    return attempt(() => post("/v1/jurisdiction", { service: "*", assign: chosen.map((c) => ({ country: c, authority: of.code })) }));
  };
  return (
    <details>
      <summary>{t("ministry.serve-more")}</summary>
      <form onSubmit={assign}>
        {told}
        <Field label={t("ministry.host-country")} help={t("ministry.serve-more-help")}>
          {(a) => (
            <select {...a} value="" onChange={(e) => e.currentTarget.value && setChosen([...chosen, e.currentTarget.value])}>
              <option value="">{t("ministry.choose")}</option>
              {others.map((c) => (
                <option key={c.country} value={c.country}>
                  {country(c.country)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <ul>
          {chosen.map((c) => (
            <li key={c}>
              {t("ministry.serves-now", { country: country(c), mission: nameOf(now(c)) })}{" "}
              <Button kind="quiet" run={() => setChosen(chosen.filter((x) => x !== c))} aria-label={t("ministry.leave-out-of", { what: country(c) })}>
                {t("ministry.leave-out")}
              </Button>
            </li>
          ))}
        </ul>
        <div class="buttons">
          <Advised step={stepOf(next, "jurisdiction.set")} disabled={!chosen.length}>
            {t("ministry.serve-these")}
          </Advised>
        </div>
      </form>
    </details>
  );
}

/* ---- when it is open */

function Hours({ of, next, done }: PartProps) {
  return (
    <section aria-labelledby="hours">
      <h2 id="hours">{t("common.hours")}</h2>
      {of.open ? <Open of={of.open} /> : <p>{t("ministry.hours-none")}</p>}
      {!of.closed && <SetHours of={of} next={next} done={done} />}
    </section>
  );
}

const WEEK = [0, 1, 2, 3, 4, 5, 6];

function SetHours({ of, next, done }: PartProps) {
  const [open, setOpen] = useState<Opening>(of.open ?? { hours: [{ days: [0, 1, 2, 3, 4], from: "09:00", to: "13:00" }] });
  const [saved, setSaved] = useState(false);
  const { attempt, told } = useSigning(() => (setSaved(true), done()));
  const change = (more: Partial<Opening>) => (setSaved(false), setOpen({ ...open, ...more }));
  const row = (i: number, more: Partial<Opening["hours"][number]>) => change({ hours: open.hours.map((h, k) => (k === i ? { ...h, ...more } : h)) });
  const save = (e: Event) => {
    e.preventDefault();
    const { hours, telephone, emergency, address } = open;
    const rest = Object.fromEntries(Object.entries({ telephone, emergency, address }).filter(([, v]) => v));
    return attempt(() => put(`/v1/missions/${of.code}/hours`, { hours, ...rest }));
  };
  return (
    <details>
      <summary>{t("ministry.hours-change")}</summary>
      <form onSubmit={save}>
        {told}
        {open.hours.map((h, i) => (
          <fieldset key={i}>
            <legend>{t("ministry.hours-row", { n: i + 1 })}</legend>
            <div class="choices">
              {WEEK.map((d) => (
                <div class="choice" key={d}>
                  <input type="checkbox" id={`hours-${i}-${d}`} checked={h.days.includes(d)} onChange={() => row(i, { days: h.days.includes(d) ? h.days.filter((x) => x !== d) : [...h.days, d].sort() })} />
                  <label for={`hours-${i}-${d}`}>{weekday(d)}</label>
                </div>
              ))}
            </div>
            <div class="row">
              <Field label={t("ministry.hours-from")}>{(a) => <input {...a} type="time" required value={h.from} onInput={(e) => row(i, { from: e.currentTarget.value })} />}</Field>
              <Field label={t("ministry.hours-to")}>{(a) => <input {...a} type="time" required value={h.to} onInput={(e) => row(i, { to: e.currentTarget.value })} />}</Field>
            </div>
            {open.hours.length > 1 && (
              <Button kind="quiet" run={() => change({ hours: open.hours.filter((_, k) => k !== i) })}>
                {t("ministry.leave-out")}
              </Button>
            )}
          </fieldset>
        ))}
        <Button kind="quiet" run={() => change({ hours: [...open.hours, { days: [6], from: "09:00", to: "12:00" }] })}>
          {t("ministry.hours-more")}
        </Button>
        {(["telephone", "emergency"] as const).map((k) => (
          <Field key={k} label={t(`common.${k}`)} help={t("ministry.number-help")}>
            {(a) => <input {...a} type="tel" dir="ltr" pattern="\+[1-9][0-9]{5,14}" value={open[k] ?? ""} onInput={(e) => change({ [k]: e.currentTarget.value })} />}
          </Field>
        ))}
        <Field label={t("common.address")}>{(a) => <input {...a} dir="auto" maxLength={300} value={open.address ?? ""} onInput={(e) => change({ address: e.currentTarget.value })} />}</Field>
        {saved && <Notice kind="good" title={t("ministry.hours-saved")} />}
        <div class="buttons">
          <Advised step={stepOf(next, "mission.hours")}>{t("ministry.save")}</Advised>
        </div>
      </form>
    </details>
  );
}

/* ---- the days on which it is closed */

/** The proposal names its days in English; known ones are called as the reader calls them. */
function called(h: Holiday): Holiday {
  const key = `ministry.holiday.${h.name.toLowerCase().replaceAll(" ", "-")}`;
  return { day: h.day, name: has(key) ? t(key) : h.name };
}

function Calendar({ code, next }: { code: string; next: Step[] }) {
  const [year, setYear] = useState(new Date().getFullYear() + 1);
  const stored = useLoad((signal) => get<Holidays>(`/v1/missions/${code}/calendar`, { signal }), [code]);
  const proposed = useLoad((signal) => get<ProposedDays>(`/v1/holidays/${year}`, { signal }), [year]);
  const years = [0, 1, 2].map((n) => new Date().getFullYear() + n);
  return (
    <section aria-labelledby="calendar">
      <h2 id="calendar">{t("ministry.calendar")}</h2>
      <Field label={t("ministry.calendar-year")}>
        {(a) => (
          <select {...a} class="short" value={year} onChange={(e) => setYear(Number(e.currentTarget.value))}>
            {years.map((y) => (
              <option key={y} value={y}>
                {yearIn(y)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Load of={stored}>
        {(k) => (
          <Load of={proposed}>
            {(p) => {
              const kept = k.days.filter((d) => d.day.startsWith(`${year}-`));
              const days = kept.length ? kept : p.days.map(called).sort((a, b) => (a.day < b.day ? -1 : 1));
              const by = k.signed.find((s) => s.year === year);
              return (
                <>
                  <p role="status">
                    {by ? t("ministry.calendar-signed", { by: by.by }) : t("ministry.calendar-unsigned")} {by && <Moment at={by.at} />}
                  </p>
                  <Table
                    caption={t("ministry.calendar-days", { year: yearIn(year) })}
                    name={`holidays-${code}-${year}`}
                    rows={days}
                    columns={[
                      { label: t("ministry.day"), cell: (r) => <Day on={r.day} both />, text: (r) => r.day },
                      { label: t("ministry.holiday-name"), cell: (r) => <bdi>{r.name}</bdi>, text: (r) => r.name },
                    ]}
                  />
                  <SignCalendar key={year} code={code} year={year} from={days} next={next} done={stored.again} />
                </>
              );
            }}
          </Load>
        )}
      </Load>
    </section>
  );
}

function SignCalendar({ code, year, from, next, done }: { code: string; year: number; from: Holiday[]; next: Step[]; done: () => void }) {
  const [days, setDays] = useState(from);
  const { attempt, told } = useSigning(done);
  const row = (i: number, more: Partial<Holiday>) => setDays(days.map((d, k) => (k === i ? { ...d, ...more } : d)));
  const sign = (e: Event) => {
    e.preventDefault();
    return attempt(async () => {
      const sorted = [...days].sort((a, b) => (a.day < b.day ? -1 : 1));
      const statement = JSON.stringify({ days: await sha256(canonical(sorted)), mission: code, year });
      await put(`/v1/missions/${code}/calendar`, { year, days: sorted, signature: await signed(statement) });
    });
  };
  return (
    <details>
      <summary>{t("ministry.calendar-change", { year: yearIn(year) })}</summary>
      <form onSubmit={sign}>
        {told}
        {days.map((d, i) => (
          <div class="row" key={i}>
            <Field label={t("ministry.day")}>{(a) => <input {...a} type="date" required min={`${year}-01-01`} max={`${year}-12-31`} value={d.day} onInput={(e) => row(i, { day: e.currentTarget.value })} />}</Field>
            <Field label={t("ministry.holiday-name")}>{(a) => <input {...a} dir="auto" required maxLength={100} value={d.name} onInput={(e) => row(i, { name: e.currentTarget.value })} />}</Field>
            <Button kind="quiet" run={() => setDays(days.filter((_, k) => k !== i))} aria-label={t("ministry.leave-out-of", { what: `${d.name} ${d.day}` })}>
              {t("ministry.leave-out")}
            </Button>
          </div>
        ))}
        <Button kind="quiet" run={() => setDays([...days, { day: "", name: "" }])}>
          {t("ministry.calendar-more")}
        </Button>
        <div class="buttons">
          <Advised step={stepOf(next, "calendar.adopt")}>{t("ministry.calendar-sign")}</Advised>
        </div>
      </form>
    </details>
  );
}

/* ---- opened and closed */

/** What has to be moved before it closes, each with where that is done. */
function InTheWay({ code, list, title }: { code: string; list: Obstacle[]; title: (service: string) => string }) {
  return (
    <ul>
      {list.map((o) => (
        <li key={`${o.what}/${o.country}/${o.service}`}>
          {o.what === "country" && (
            <a href={to(`/ministry/countries/${o.country}`)}>
              {o.service ? t("ministry.in-the-way.country-service", { country: country(o.country!), service: title(o.service) }) : t("ministry.in-the-way.country", { country: country(o.country!) })}
            </a>
          )}
          {o.what === "cases" && <a href={`${to("/desk")}?mission=${code}`}>{t("ministry.in-the-way.cases", { n: o.n ?? 0 })}</a>}
          {o.what === "appointments" && <a href={`${to("/desk/today")}?mission=${code}&day=${o.day}`}>{t("ministry.in-the-way.appointments", { n: o.n ?? 0 })}</a>}
        </li>
      ))}
    </ul>
  );
}

/** All that looks to it looks to another mission from then on. */
function HandOver({ code, list, next, done }: { code: string; list: Obstacle[]; next: Step[]; done: () => void }) {
  const [other, setTo] = useState("");
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const { attempt, told } = useSigning(done);
  const others = (missions.data?.missions ?? []).filter((m) => m.code !== code && !m.closed).sort((a, b) => collate(inWords(a.name), inWords(b.name)));
  const services = [...new Set(list.map((o) => o.service ?? "*"))];
  const assign = (service: string) => list.filter((o) => (o.service ?? "*") === service).map((o) => ({ country: o.country, authority: other }));
  const hand = (e: Event) => {
    e.preventDefault();
    return attempt(async () => {
      for (const service of services) await post("/v1/jurisdiction", { service, assign: assign(service) });
    });
  };
  return (
    <form onSubmit={hand}>
      {told}
      <Field label={t("ministry.hand-over-to")}>
        {(a) => (
          <select {...a} required value={other} onChange={(e) => setTo(e.currentTarget.value)}>
            <option value="">{t("ministry.choose")}</option>
            {others.map((m) => (
              <option key={m.code} value={m.code}>
                {inWords(m.name)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="buttons">
        <Advised kind="quiet" step={stepOf(next, "jurisdiction.set")}>
          {t("ministry.hand-over")}
        </Advised>
      </div>
    </form>
  );
}

function Close({ code, next, inTheWay, title, done }: { code: string; next: Step[]; inTheWay: Obstacle[]; title: (service: string) => string; done: () => void }) {
  const { attempt, told } = useSigning(done);
  const looking = inTheWay.filter((o) => o.what === "country");
  const close = () =>
    attempt(async () => {
      try {
        await post(`/v1/missions/${code}/close`);
      } catch (error) {
        // somebody came meanwhile: what is in the way is told above, in words
        if (!(error instanceof Problem && error.slug === "conflict")) throw error;
      }
    });
  return (
    <details>
      <summary>{t("ministry.mission-close")}</summary>
      <p>{t("ministry.mission-close-help")}</p>
      {inTheWay.length > 0 && (
        <Notice kind="warn" title={t("ministry.in-the-way")}>
          <InTheWay code={code} list={inTheWay} title={title} />
        </Notice>
      )}
      {looking.length > 0 && <HandOver code={code} list={looking} next={next} done={done} />}
      {told}
      <div class="buttons">
        <Advised kind="danger" step={stepOf(next, "mission.close")} disabled={inTheWay.length > 0} run={close}>
          {t("ministry.mission-close")}
        </Advised>
      </div>
    </details>
  );
}

const ZONES = () => (Intl as unknown as { supportedValuesOf(what: string): string[] }).supportedValuesOf("timeZone");

export function OpenMission(_: PageProps) {
  const [m, setM] = useState({ code: "", kind: "embassy", country: "", zone: "", en: "", ar: "", fr: "" });
  const [weekend, setWeekend] = useState([6, 0]);
  const [alone, setAlone] = useState(false);
  const glance = useLoad((signal) => get<MinistryGlance>("/v1/glance", { signal }), []);
  const { attempt, told } = useSigning(() => go(`/ministry/missions/${m.code}`));
  const text = (k: keyof typeof m, more: object = {}) => (a: object) => <input {...a} required dir="auto" value={m[k]} onInput={(e) => setM({ ...m, [k]: e.currentTarget.value })} {...more} />;
  const add = (e: Event) => {
    e.preventDefault();
    const { code, kind, country: host, zone, en, ar, fr } = m;
    return attempt(() => post("/v1/missions", { code, kind, country: host, zone, weekend, name: { en, ar, fr }, ...(alone ? { one_officer: true } : {}) }));
  };
  return (
    <>
      <a class="back" href={to("/ministry")}>
        {t("ministry.overview")}
      </a>
      <Heading lead={t("ministry.mission-open-lead")}>{t("ministry.mission-open")}</Heading>
      <form class="card" onSubmit={add}>
        {told}
        <Field label={t("ministry.mission-kind")}>
          {(a) => (
            <select {...a} value={m.kind} onChange={(e) => setM({ ...m, kind: e.currentTarget.value })}>
              {["embassy", "consulate", "honorary"].map((k) => (
                <option key={k} value={k}>
                  {t(`ministry.mission-kind.${k}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("ministry.host-country")}>
          {(a) => (
            <select {...a} required value={m.country} onChange={(e) => setM({ ...m, country: e.currentTarget.value })}>
              <option value="">{t("ministry.choose")}</option>
              {countries
                .map(([two]) => two)
                .sort((x, y) => collate(country(x), country(y)))
                .map((c) => (
                  <option key={c} value={c}>
                    {country(c)}
                  </option>
                ))}
            </select>
          )}
        </Field>
        {(["ar", "en", "fr"] as const).map((l) => (
          <Field key={l} label={t(`ministry.mission-name.${l}`)}>
            {text(l, { lang: l, maxLength: 200 })}
          </Field>
        ))}
        <Field label={t("ministry.mission-code")} help={t("ministry.mission-code-help")}>
          {text("code", { dir: "ltr", pattern: "[a-z][a-z0-9\\-]{0,30}" })}
        </Field>
        <Field label={t("ministry.mission-zone")}>
          {(a) => (
            <>
              {text("zone", { dir: "ltr", list: "zones" })(a)}
              <datalist id="zones">
                {ZONES().map((z) => (
                  <option key={z} value={z} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <fieldset>
          <legend>{t("ministry.mission-weekend")}</legend>
          <div class="choices">
            {WEEK.map((d) => (
              <div class="choice" key={d}>
                <input type="checkbox" id={`weekend-${d}`} checked={weekend.includes(d)} onChange={() => setWeekend(weekend.includes(d) ? weekend.filter((x) => x !== d) : [...weekend, d])} />
                <label for={`weekend-${d}`}>{weekday(d)}</label>
              </div>
            ))}
          </div>
        </fieldset>
        <div class="choice">
          <input type="checkbox" id="alone" checked={alone} onChange={() => setAlone(!alone)} />
          <label for="alone">{t("ministry.mission-alone")}</label>
        </div>
        <div class="buttons">
          <Advised step={stepOf(glance.data?.next, "mission.add")}>{t("ministry.mission-open")}</Advised>
        </div>
      </form>
    </>
  );
}
