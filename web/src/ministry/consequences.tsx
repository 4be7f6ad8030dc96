// consequences.tsx - what a draft of the policy would change: agreements, clauses, who gains and who loses,
// and whose cases were decided upon what would be decided otherwise
import type { Comparison, Consequence, Otherwise, Verdict } from "../base/answers";
import { to } from "../base/router";
import { country, number, t } from "../base/words";
import { Moment, Notice, Table, Tag, Typed } from "../base/ui";

const KINDS: Record<Consequence["change"], string> = { gains: "good", easier: "good", loses: "bad", harder: "warn", other: "" };

function verdict(v: Verdict): string {
  const promised = (v.undertakings ?? []).map((u) => t(`ministry.undertaking.${u}`)).join(" · ");
  return promised ? t("ministry.verdict.with", { promised }) : t(`ministry.verdict.${v.verdict}`);
}

function Said({ v }: { v: Verdict }) {
  return (
    <>
      {verdict(v)}
      {v.by.map((c) => (
        <small key={c.id} class="block" dir="auto">
          {c.reason ?? c.title} {c.basis && <bdi>({c.basis})</bdi>}
        </small>
      ))}
    </>
  );
}

/** What a decision was about, and the way to it. */
function About({ of }: { of: Otherwise }) {
  const place = of.case ?? of.protection;
  if (of.case) return <a href={to(`/desk/cases/${of.case.id}`)}>{t("ministry.case-of", { service: of.case.service, country: country(of.case.country) })}</a>;
  if (place) return <>{t("ministry.case-of", { service: place.service, country: country(place.country) })}</>;
  if (of.engagement?.title)
    return (
      <>
        <Typed>{of.engagement.title}</Typed> {of.engagement.ended ? <Tag>{t("ministry.ended")}</Tag> : <Tag kind="warn">{t("ministry.goes-on")}</Tag>}
      </>
    );
  return <>–</>;
}

const aboutText = (d: Otherwise) => d.case?.id ?? d.engagement?.title ?? d.protection?.service ?? "";
const roles = (d: Otherwise) => (d.roles ?? "").split("+").map((r) => t(`common.role.${r}`)).join(" · ");

function Decisions({ of }: { of: Comparison }) {
  return (
    <>
      <h2>{t("ministry.affected")}</h2>
      <p>
        {t("ministry.affected-lead", { looked: of.looked_at, changed: number(of.changed) })} {of.more && t("ministry.affected-more")} {of.closed > 0 && t("ministry.affected-closed", { n: of.closed })}
      </p>
      {of.decisions.length > 0 && (
        <Table
          caption={t("ministry.affected")}
          name="affected"
          rows={of.decisions}
          columns={[
            { label: t("common.when"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
            { label: t("ministry.what"), cell: (r) => r.does, text: (r) => r.does },
            { label: t("ministry.partner"), cell: (r) => r.partner ?? "–", text: (r) => r.partner ?? "" },
            { label: t("ministry.about"), cell: (r) => <About of={r} />, text: aboutText },
            { label: t("ministry.by-whom"), cell: roles, text: roles },
            { label: t("ministry.would-be"), cell: (r) => <Tag kind={r.permit ? "good" : "bad"}>{t(r.permit ? "ministry.now-permitted" : "ministry.now-refused")}</Tag>, text: (r) => String(r.permit) },
          ]}
        />
      )}
    </>
  );
}

export function Consequences({ of }: { of: Comparison }) {
  return (
    <section aria-label={t("ministry.consequences")}>
      {of.rows.length === 0 && of.clauses.length === 0 && of.agreements.length === 0 && <Notice title={t("ministry.changes-nothing")} />}
      {of.agreements.map((a) => (
        <Notice key={a.code} kind={a.is ? "good" : "warn"} title={t(a.is ? "ministry.agreement-begins" : "ministry.agreement-ends")}>
          <p>
            {a.title} <bdi>({a.basis})</bdi>
          </p>
        </Notice>
      ))}
      {of.clauses.length > 0 && (
        <Table
          caption={t("ministry.clauses-changed")}
          name="clauses"
          rows={of.clauses}
          columns={[
            { label: t("ministry.clause"), cell: (r) => <span dir="auto">{r.reason ?? r.title ?? r.id}</span>, text: (r) => r.reason ?? r.title ?? r.id },
            { label: t("ministry.basis"), cell: (r) => <span dir="auto">{r.basis ?? "–"}</span>, text: (r) => r.basis ?? "" },
            { label: t("ministry.effect"), cell: (r) => t(`ministry.effect.${r.effect}`), text: (r) => r.effect },
            { label: t("ministry.state"), cell: (r) => <Tag kind={r.change === "gone" ? "bad" : "warn"}>{t(`ministry.clause.${r.change}`)}</Tag>, text: (r) => r.change },
          ]}
        />
      )}
      {of.rows.length > 0 && (
        <Table
          caption={t("ministry.gains-and-losses", { n: number(of.rows.length) })}
          name="consequences"
          rows={of.rows}
          columns={[
            { label: t("ministry.change"), cell: (r) => <Tag kind={KINDS[r.change]}>{t(`ministry.change.${r.change}`)}</Tag>, text: (r) => r.change },
            { label: t("ministry.what"), cell: (r) => r.does, text: (r) => r.does },
            { label: t("ministry.towards"), cell: (r) => r.states?.join(" · ") ?? t(`ministry.principal.${r.principal.toLowerCase()}`), text: (r) => r.states?.join(" ") ?? r.principal },
            { label: t("ministry.in-case"), cell: (r) => r.when ?? t("ministry.always"), text: (r) => r.when ?? "" },
            { label: t("ministry.until-now"), cell: (r) => <Said v={r.was} />, text: (r) => verdict(r.was) },
            { label: t("ministry.from-now"), cell: (r) => <Said v={r.is} />, text: (r) => verdict(r.is) },
          ]}
        />
      )}
      <Decisions of={of} />
    </section>
  );
}
