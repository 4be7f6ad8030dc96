// journal.tsx - what was done, by day, act and subject; why each was decided so; proofs that anybody checks offline
import { useState } from "preact/hooks";
import type { Journal as Listed, JournalEntry as Entry, JournalPage as Shown, MissionList } from "../base/answers";
import { get, query } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Field, Heading, Load, Moment, Pairs, Reasons, Table, Tag, useLoad } from "../base/ui";
import { inWords, language, number, t } from "../base/words";
import { worded } from "./host";

type Missions = (code: string) => string;

/** Missions by their names. */
function useMissions(): Missions {
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  return (code) => inWords(missions.data?.missions.find((m) => m.code === code)?.name) || code;
}

const named = (e: Entry, mission: Missions) => (e.who ? `${e.who}${e.mission ? ` · ${mission(e.mission)}` : ""}` : t(`ministry.as.${e.as}`));
const who = (e: Entry, mission: Missions) => (e.behalf ? t("ministry.on-behalf", { who: named(e, mission), behalf: e.behalf, role: t(`common.role.${e.role}`) }) : named(e, mission));

/** "case/01a2…": what it is in words, and the end of its number, by which one tells two apart. */
function Subject({ of }: { of: Entry }) {
  const [kind = "", id = ""] = (of.subject ?? "").split("/");
  if (!kind) return <>–</>;
  return (
    <span title={of.subject}>
      {worded(`ministry.subject.${kind}`, kind)} {id && <bdi class="mono">{id.length > 12 ? id.slice(-12) : id}</bdi>}
    </span>
  );
}

const outcome = (e: Entry) => t(e.permit ? "ministry.was-permitted" : "ministry.was-refused");

function Outcome({ of }: { of: Entry }) {
  return <Tag kind={of.permit ? "good" : "bad"}>{outcome(of)}</Tag>;
}

export function JournalPage({ query: about }: PageProps) {
  const subject = about.get("subject") ?? undefined;
  const [asked, ask] = useState<Record<string, string | number | undefined>>({ subject });
  const list = useLoad((signal) => get<Listed>(`/v1/journal${query({ ...asked, language })}`, { signal }), [JSON.stringify(asked)]);
  const [actions, setActions] = useState<Listed["actions"]>([]);
  if (list.data && !actions.length) setActions(list.data.actions);
  const filter = (name: string) => (e: { currentTarget: { value: string } }) => ask({ ...asked, [name]: e.currentTarget.value, before: undefined });
  return (
    <>
      <Heading lead={t("ministry.journal-lead")}>{t("ministry.journal")}</Heading>
      <div class="filters">
        <Field label={t("ministry.day")} id="day">
          {(a) => <input {...a} type="date" onChange={filter("day")} />}
        </Field>
        <Field label={t("ministry.what")} id="action">
          {(a) => (
            <select {...a} onChange={filter("action")}>
              <option value="">{t("ministry.everything")}</option>
              {actions.map((x) => (
                <option key={x.action} value={x.action}>
                  {x.does}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("ministry.about")} help={t("ministry.subject-help")} id="subject">
          {(a) => <input {...a} dir="ltr" defaultValue={subject} onChange={filter("subject")} />}
        </Field>
      </div>
      <Load of={list}>{(l) => <Entries of={l} older={() => ask({ ...asked, before: l.before })} />}</Load>
    </>
  );
}

function Entries({ of, older }: { of: Listed; older: () => void }) {
  const mission = useMissions();
  return (
    <>
      <Table
        caption={t("ministry.entries")}
        name="journal"
        rows={of.entries}
        columns={[
          { label: t("ministry.entry"), cell: (r) => <a href={to(`/ministry/journal/${r.epoch}/${r.index}`)}>{number(r.index)}</a>, text: (r) => r.index, end: true },
          { label: t("common.when"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
          { label: t("ministry.what"), cell: (r) => r.does, text: (r) => r.action },
          { label: t("ministry.by-whom"), cell: (r) => who(r, mission), text: (r) => who(r, mission) },
          { label: t("ministry.about"), cell: (r) => <Subject of={r} />, text: (r) => r.subject ?? "" },
          { label: t("ministry.decision"), cell: (r) => <Outcome of={r} />, text: outcome },
        ]}
      />
      {of.before !== undefined && (
        <Button kind="quiet" run={older}>
          {t("ministry.older")}
        </Button>
      )}
      <Evidence size={of.size} />
    </>
  );
}

/** The signed head, its key, and that an earlier size is a beginning of this one. */
function Evidence({ size }: { size: number }) {
  const [from, setFrom] = useState("1");
  const known = Number(from);
  return (
    <section aria-labelledby="evidence">
      <h2 id="evidence">{t("ministry.evidence")}</h2>
      <p>{t("ministry.evidence-lead", { n: size })}</p>
      <p>
        <a href="/v1/ledger/checkpoint" download="head.note">
          {t("ministry.head")}
        </a>{" "}
        ·{" "}
        <a href="/v1/ledger/key" download="journal.key">
          {t("ministry.head-key")}
        </a>
      </p>
      <Field label={t("ministry.earlier-size")} help={t("ministry.earlier-size-help")} id="earlier">
        {(a) => <input {...a} type="number" min={1} max={size} value={from} onInput={(e) => setFrom(e.currentTarget.value)} />}
      </Field>
      {known >= 1 && known <= size && (
        <p>
          <a href={`/v1/ledger/consistency/${known}/${size}`} download={`consistency-${known}-${size}.json`}>
            {t("ministry.consistency", { from: number(known), to: number(size) })}
          </a>
        </p>
      )}
    </section>
  );
}

export function EntryPage({ params }: PageProps) {
  const at = `${params["epoch"]}/${params["index"]}`;
  const mission = useMissions();
  const entry = useLoad((signal) => get<Shown>(`/v1/journal/${at}?language=${language}`, { signal }), [at]);
  return (
    <>
      <a class="back" href={to("/ministry/journal")}>
        {t("ministry.journal")}
      </a>
      <Heading lead={t("ministry.entry-lead")}>{t("ministry.entry-of", { n: number(Number(params["index"])) })}</Heading>
      <Load of={entry}>
        {(e) => (
          <>
            <Pairs
              list={[
                [t("common.when"), <Moment at={e.at} />],
                e.claimed && [t("ministry.claimed"), <Moment at={e.claimed} />],
                [t("ministry.what"), e.does],
                [t("ministry.by-whom"), who(e, mission)],
                e.subject && [t("ministry.about"), <Subject of={e} />],
                [t("ministry.decision"), <Outcome of={e} />],
              ]}
            />
            <h2>{t("ministry.why")}</h2>
            {e.by.length > 0 ? <Reasons by={e.by} /> : <p>{t("ministry.no-clause")}</p>}
            {(e.decision?.near?.length ?? 0) > 0 && (
              <>
                <h3>{t("ministry.near")}</h3>
                <Reasons by={e.decision!.near!} />
              </>
            )}
            <p>
              <a href={`/v1/journal/${at}/proof`} download={`entry-${params["index"]}.proof`}>
                {t("ministry.take-proof")}
              </a>
            </p>
            <p class="help">
              {t("ministry.check-offline")} <a href={to("/verify")}>{t("common.verify")}</a>
            </p>
            <details>
              <summary>{t("ministry.as-written")}</summary>
              <pre class="mono" dir="ltr">
                {JSON.stringify(e.entry, null, 2)}
              </pre>
            </details>
          </>
        )}
      </Load>
    </>
  );
}
