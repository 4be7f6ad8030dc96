// protections.tsx - citizens of a partner whom a mission of ours serves, and ours whom a partner's does: what is asked,
// what both sides say, the second signature, the document to hand over
import { get, post } from "../base/api";
import { useSigning } from "../base/signing";
import { signed } from "../base/passkey";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Day, Heading, Load, Moment, Notice, Pairs, Table, Tag, Typed, useLoad } from "../base/ui";
import { Write } from "../base/messages";
import { country, inWords, language, stateName, t } from "../base/words";
import type { Protection, ProtectionFile, ProtectionList, ServiceList, Term } from "../base/answers";
import { SealContent } from "./case";

/** Services by name, as this state calls them: a partner's of the same name is the same to whoever reads. */
const titles = async (signal: AbortSignal) =>
  new Map((await get<ServiceList>(`/v1/services?language=${language}`, { signal })).services.map((s) => [s.name, s.title]));

function Due({ of }: { of: Term }) {
  return (
    <>
      <Day on={of.due} /> {of.at ? <Tag kind={of.late ? "warn" : "good"}>{t(of.late ? "desk.protections.kept-late" : "desk.protections.kept")}</Tag> : of.late && <Tag kind="bad">{t("desk.protections.late")}</Tag>}
    </>
  );
}

const named = (p: Protection) => inWords(p.partner_name) || p.partner;
const kind = (state: Protection["state"]) => (state === "issued" ? "good" : state === "refused" ? "bad" : "warn");

export function Protections(_: PageProps) {
  const all = useLoad((signal) => get<ProtectionList>("/v1/protections", { signal }), []);
  const names = useLoad(titles, []).data;
  return (
    <>
      <Heading lead={t("desk.protections-lead")}>{t("desk.protections")}</Heading>
      <p>
        <a class="button" href={to("/desk/protections/ask")}>
          {t("desk.protections.ask")}
        </a>
      </p>
      <Load of={all}>
        {({ protections }) => (
          <Table
            caption={t("desk.protections.all")}
            empty={t("desk.protections.none")}
            name="protections"
            rows={protections}
            columns={[
              { label: t("desk.service"), cell: (r) => <a href={to(`/desk/protections/${r.id}`)}>{names?.get(r.service) ?? r.service}</a>, text: (r) => r.service },
              { label: t("desk.protections.state-of-person"), cell: (r) => (r.direction === "given" ? named(r) : stateName) },
              { label: t("desk.country"), cell: (r) => country(r.country) },
              { label: t("desk.protections.since"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
              { label: t("desk.protections.answer-by"), cell: (r) => <Due of={r.answer} />, text: (r) => r.answer.due },
              { label: t("desk.protections.stands"), cell: (r) => <Tag kind={kind(r.state)}>{t(`desk.protections.state.${r.state}`)}</Tag>, text: (r) => r.state },
            ]}
          />
        )}
      </Load>
    </>
  );
}

export function ProtectionPage({ params }: PageProps) {
  const id = params["id"] ?? "";
  const seen = useLoad((signal) => get<ProtectionFile>(`/v1/protections/${id}`, { signal }), [id]);
  const names = useLoad(titles, []).data;
  return (
    <>
      <a class="back" href={to("/desk/protections")}>
        {t("desk.protections")}
      </a>
      <Load of={seen}>
        {(p) => (
          <>
            <Heading>{names?.get(p.service) ?? p.service}</Heading>
            <Summary of={p} />
            <Sign of={p} done={seen.again} />
            <Person of={p} />
            <Said of={p} done={seen.again} />
          </>
        )}
      </Load>
    </>
  );
}

function Summary({ of: p }: { of: ProtectionFile }) {
  return (
    <section class="card">
      <Tag kind={kind(p.state)}>{t(`desk.protections.state.${p.state}`)}</Tag>
      <p>{t(p.direction === "given" ? "desk.protections.we-serve" : "desk.protections.they-serve", { state: named(p), country: country(p.country) })}</p>
      <Pairs
        list={[
          [t("desk.protections.since"), <Moment at={p.at} />],
          [t("desk.protections.consult-by"), <Due of={p.consult} />],
          [t("desk.protections.answer-by"), <Due of={p.answer} />],
          p.number && [t("desk.document"), <span class="mono">{p.number}</span>],
          p.reason && [t("desk.reason"), <Typed>{p.reason}</Typed>],
        ]}
      />
      <div class="buttons">
        {p.direction === "given" && p.state === "issued" && (
          <a class="button" href={`/v1/protections/${p.id}/document`} download={`${p.number ?? p.id}.pdf`}>
            {t("desk.protections.document")}
          </a>
        )}
        {p.case && (
          <a class="button quiet" href={to(`/desk/cases/${p.case}`)}>
            {t("desk.protections.to-case")}
          </a>
        )}
      </div>
    </section>
  );
}

const NAMES = ["surname", "given_names", "surname_latin", "given_names_latin", "nationality"];

function Person({ of: p }: { of: ProtectionFile }) {
  return (
    <section class="card">
      <h2>{t("desk.protections.person")}</h2>
      <Pairs
        list={[
          ...NAMES.filter((n) => p.person[n]).map((n): [string, preact.JSX.Element] => [t(`desk.counter.${n}`), <Typed>{p.person[n]}</Typed>]),
          p.person["birth_date"] && [t("desk.counter.birth_date"), <Day on={p.person["birth_date"]} />],
          p.paper && [
            t("desk.protections.paper"),
            <a href={`/v1/protections/${p.id}/paper`} download={p.paper}>
              <Typed>{p.paper}</Typed>
            </a>,
          ],
        ]}
      />
    </section>
  );
}

/** Whoever saw the person signs the very statement that the person's state proposes: its node seals by it. */
function Sign({ of: p, done }: { of: ProtectionFile; done: () => void }) {
  const { attempt, told } = useSigning(done);
  const proposal = [...p.words].reverse().find((w) => w.proposal && w.by === p.partner)?.proposal;
  if (p.direction !== "given" || p.state !== "asked" || !proposal) return null;
  return (
    <section class="card">
      <Notice kind="info" title={t("desk.protections.proposed", { state: named(p) })} />
      <SealContent statement={proposal} />
      {told}
      <div class="buttons">
        <Button run={() => attempt(async () => post(`/v1/protections/${p.id}/signature`, { signature: await signed(proposal.statement) }))}>{t("desk.protections.sign")}</Button>
      </div>
    </section>
  );
}

function Said({ of: p, done }: { of: ProtectionFile; done: () => void }) {
  const { attempt, told } = useSigning(done);
  const open = p.state === "asked" || p.state === "open";
  const path = `/v1/protections/${p.id}/words`;
  return (
    <section class="card">
      <h2>{t("desk.protections.words")}</h2>
      <ol class="timeline">
        {p.words.map((w, i) => (
          <li key={i}>
            <strong>{w.by === p.partner ? named(p) : stateName}</strong>
            {w.proposal && <Tag>{t("desk.protections.with-proposal")}</Tag>}
            <p class="typed">
              <Typed>{w.text}</Typed>
            </p>
          </li>
        ))}
      </ol>
      {open && <Write path={path} label={t("desk.protections.write", { state: named(p) })} button={t("desk.protections.send")} done={done} />}
      {open && p.direction === "asked" && (
        <>
          {told}
          <p class="help">{t("desk.protections.propose-help")}</p>
          <div class="buttons">
            <Button kind="quiet" run={() => attempt(() => post(path, { text: t("desk.protections.please-sign"), proposal: true }))}>
              {t("desk.protections.propose")}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
