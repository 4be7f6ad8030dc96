// glance.tsx - all missions and one mission at a glance: work in hand, promises kept, fees
import type { Coverage, MinistryGlance, MissionGlance as Glance, MissionLine as Line, MissionList, Satisfaction, ServiceList } from "../base/answers";
import { get } from "../base/api";
import { Incidents } from "../base/incidents";
import { Low } from "../base/low";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { session } from "../base/session";
import { lacking, postFacts } from "../base/setting-up";
import { Day, Heading, Load, Notice, Pairs, Table, Tag, useLoad } from "../base/ui";
import { collate, country, inWords, language, money, number, t } from "../base/words";
import { Ages } from "./ages";
import { WorldMap, wayOf } from "./map";
import { Arrange } from "./missions";
import { Staff } from "./staff";

export function share(part: number, whole: number): string {
  return whole ? number(part / whole, { style: "percent" }) : t("common.none");
}

/** A bar beside its figure: the eye compares lengths sooner than numbers. */
export function Bar({ part, whole, kind = "" }: { part: number; whole: number; kind?: string }) {
  return <meter class={`bar ${kind}`} min={0} max={Math.max(whole, 1)} value={part} aria-hidden="true" />;
}

export function Overview(_: PageProps) {
  const coverage = useLoad((signal) => get<Coverage>("/v1/coverage", { signal }), []);
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const glance = useLoad((signal) => get<MinistryGlance>("/v1/glance", { signal }), []);
  const name = (code: string) => inWords(missions.data?.missions.find((m) => m.code === code)?.name) || code;
  return (
    <>
      <Heading lead={t("ministry.overview-lead")}>{t("ministry.overview")}</Heading>
      <p>
        <a href={to("/ministry/open-mission")}>{t("ministry.mission-open")}</a>
      </p>
      <Load of={coverage}>{({ countries }) => <WorldMap covered={countries} />}</Load>
      <Load of={glance}>
        {({ missions: lines, ages, satisfaction }) => (
          <>
            <Totals lines={lines} satisfaction={satisfaction} />
            <Ages list={ages} name="ages" />
            <Table
              caption={t("ministry.missions")}
              name="missions"
              rows={[...lines].sort((a, b) => b.overdue - a.overdue || collate(name(a.mission), name(b.mission)))}
              columns={[
                { label: t("ministry.mission"), cell: (r) => <a href={to(`/ministry/missions/${r.mission}`)}>{name(r.mission)}</a>, text: (r) => name(r.mission) },
                { label: t("ministry.open"), cell: (r) => number(r.open), text: (r) => r.open, end: true },
                { label: t("ministry.overdue"), cell: (r) => (r.overdue ? <Tag kind="bad">{number(r.overdue)}</Tag> : number(0)), text: (r) => r.overdue, end: true },
                { label: t("ministry.decided"), cell: (r) => number(r.decided), text: (r) => r.decided, end: true },
                {
                  label: t("ministry.kept"),
                  cell: (r) => (
                    <>
                      {share(r.within_promise, r.decided)} <Bar part={r.within_promise} whole={r.decided} />
                    </>
                  ),
                  text: (r) => (r.decided ? Math.round((100 * r.within_promise) / r.decided) : ""),
                  end: true,
                },
              ]}
            />
          </>
        )}
      </Load>
      <Load of={coverage}>
        {({ countries }) => (
          <details>
            <summary>{t("ministry.coverage")}</summary>
            <Table
              caption={t("ministry.coverage")}
              name="coverage"
              rows={[...countries].sort((a, b) => collate(country(a.country), country(b.country)))}
              columns={[
                { label: t("ministry.host-country"), cell: (r) => <a href={to(`/ministry/countries/${r.country}`)}>{country(r.country)}</a>, text: (r) => country(r.country) },
                { label: t("ministry.served-by"), cell: (r) => name(r.authority), text: (r) => r.authority },
                { label: t("ministry.how"), cell: (r) => t(`ministry.way.${wayOf(r)}`), text: (r) => wayOf(r) },
              ]}
            />
          </details>
        )}
      </Load>
    </>
  );
}

function Totals({ lines, satisfaction }: { lines: Line[]; satisfaction: Satisfaction }) {
  const sum = (f: (l: Line) => number) => lines.reduce((n, l) => n + f(l), 0);
  const decided = sum((l) => l.decided);
  return (
    <ul class="figures">
      <Figure value={number(sum((l) => l.open))} label={t("ministry.open")} />
      <Figure value={number(sum((l) => l.overdue))} label={t("ministry.overdue")} />
      <Figure value={number(decided)} label={t("ministry.decided")} />
      <Figure value={share(sum((l) => l.within_promise), decided)} label={t("ministry.kept")} />
      <Figure value={satisfied(satisfaction)} label={t("ministry.satisfaction", { n: satisfaction.n ?? 0 })} />
    </ul>
  );
}

export function Figure({ value, label }: { value: string; label: string }) {
  return (
    <li class="card">
      <strong>{value}</strong>
      {label}
    </li>
  );
}

function satisfied(s: Satisfaction | undefined): string {
  return s?.mean === undefined ? t("ministry.too-few", { n: s?.fewest ?? 5 }) : t("ministry.of-five", { mean: number(s.mean, { maximumFractionDigits: 1 }) });
}

export function MissionPage({ params }: PageProps) {
  const code = params["mission"] ?? "";
  const glance = useLoad((signal) => get<Glance>(`/v1/missions/${code}/glance?language=${language}`, { signal }), [code]);
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const coverage = useLoad((signal) => get<Coverage>("/v1/coverage", { signal }), []);
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const mission = missions.data?.missions.find((m) => m.code === code);
  const title = (name: string) => services.data?.services.find((s) => s.name === name)?.title ?? name;
  const served = coverage.data?.countries.filter((c) => c.authority === code) ?? [];
  return (
    <>
      <a class="back" href={to("/ministry")}>
        {t("ministry.overview")}
      </a>
      <Heading lead={served.map((c) => country(c.country)).join(" · ")}>{inWords(mission?.name) || code}</Heading>
      {mission && !mission.closed && code !== "ministry" && <Lacks code={code} />}
      <Load of={glance}>
        {(g) => (
          <>
            <ul class="figures">
              <Figure value={number(g.work.reduce((n, w) => n + (w.turn === "officer" ? w.n : 0), 0))} label={t("ministry.open")} />
              <Figure value={number(g.work.reduce((n, w) => n + w.overdue, 0))} label={t("ministry.overdue")} />
              <Figure value={share(g.decided.within_promise, g.decided.n)} label={t("ministry.kept")} />
              <Figure value={number(g.decided.mean_hours / 24, { maximumFractionDigits: 1 })} label={t("ministry.mean-days")} />
              <Figure value={number(g.documents)} label={t("ministry.documents")} />
              <Figure value={number(g.officers)} label={t("ministry.officers")} />
              <Figure value={satisfied(g.satisfaction)} label={t("ministry.satisfaction", { n: g.satisfaction.n ?? 0 })} />
              <Figure value={number(g.appointments.to_come)} label={t("ministry.to-come")} />
              <Figure value={share(g.appointments.missed, g.appointments.missed + g.appointments.served)} label={t("ministry.missed")} />
            </ul>
            <p>
              <a href={to(`/ministry/costs?mission=${code}`)}>{t("ministry.costs-here")}</a>
            </p>
            <Ages list={g.ages} name={`ages-${code}`} />
            <Table
              caption={t("ministry.work")}
              name={`work-${code}`}
              rows={g.work}
              columns={[
                { label: t("ministry.service"), cell: (r) => title(r.service), text: (r) => title(r.service) },
                { label: t("ministry.state"), cell: (r) => <a href={`${to("/desk")}?mission=${code}&state=${r.state}&service=${r.service}`}>{r.state_text}</a>, text: (r) => r.state_text },
                { label: t("ministry.waits-for"), cell: (r) => t(`ministry.turn.${r.turn}`), text: (r) => r.turn },
                { label: t("ministry.cases"), cell: (r) => number(r.n), text: (r) => r.n, end: true },
                { label: t("ministry.overdue"), cell: (r) => (r.overdue ? <Tag kind="bad">{number(r.overdue)}</Tag> : number(0)), text: (r) => r.overdue, end: true },
                { label: t("ministry.oldest"), cell: (r) => <Day on={r.oldest_due} both={false} />, text: (r) => r.oldest_due },
              ]}
            />
            <Pairs list={g.fees.map((f) => [t("ministry.fees", { n: f.payments }), money(f.amount, f.currency)])} />
            <CashClosed cash={g.cash} />
            <Incidents mission={code} />
            <Staff code={code} next={g.next} />
            <Arrange code={code} next={g.next} inTheWay={g.in_the_way} title={title} again={glance.again} />
            <Low kinds={g.stock.kinds} />
          </>
        )}
      </Load>
    </>
  );
}

/** A post that does not work yet: what is missing, and where it is set up. Who may not read it is told nothing. */
function Lacks({ code }: { code: string }) {
  const facts = useLoad((signal) => postFacts(code, signal), [code]);
  const who = useLoad(session, []);
  if (!facts.data || !who.data) return null;
  const missing = Object.values(lacking(facts.data)).flat();
  if (!missing.length) return null;
  return (
    <Notice kind="warn" title={t("ministry.not-ready")}>
      <ul>
        {missing.map((m) => (
          <li key={m}>{m}</li>
        ))}
      </ul>
      {who.data.mission === code ? <a href={to("/desk/post")}>{t("ministry.set-up")}</a> : <p>{t("ministry.set-up-there")}</p>}
    </Notice>
  );
}

/** Two officers closed the cash book, or it has been open for a while. */
function CashClosed({ cash }: { cash: Glance["cash"] }) {
  return (
    <Pairs
      list={[
        cash.closed && [
          t("ministry.cash-closed"),
          <>
            <Day on={cash.closed} both={false} /> · <bdi>{cash.proposed_by}</bdi>, <bdi>{cash.confirmed_by}</bdi>
          </>,
        ],
        cash.open_since && [
          t("ministry.cash-open"),
          <Tag kind="warn">
            <Day on={cash.open_since} both={false} />
          </Tag>,
        ],
      ]}
    />
  );
}
