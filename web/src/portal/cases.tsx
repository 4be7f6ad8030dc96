// cases.tsx - a person's own cases: all of them, and the life of one
import { useEffect, useState } from "preact/hooks";
import type { CaseList, MissionList, ServiceList } from "../base/answers";
import { get, post } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Day, Failure, Field, Heading, Load, Moment, Notice, Pairs, Tag, Typed, useLoad, type Loaded } from "../base/ui";
import { country, inWords, language, money, t } from "../base/words";
import type { CaseFile, Mission, NextStep, PlanField, ServiceForm, Step } from "../base/model";
import { Messages, Write } from "../base/messages";
import { answered, Shown } from "../base/shown";
import { Payments, Transfer } from "../base/transfer";
import { wordsOf } from "../base/model";
import type { Standing } from "../base/answers";
import { Appointment, concerns, inShort, standingOf } from "./appointment";

export function Cases(_: PageProps) {
  const cases = useLoad((signal) => get<CaseList>(`/v1/cases?language=${language}`, { signal }), []);
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const title = (name: string) => services.data?.services.find((s) => s.name === name)?.title ?? name;
  return (
    <>
      <Heading>{t("portal.my-cases")}</Heading>
      <Load of={cases}>
        {({ cases: list }) =>
          list.length ? (
            <ul class="cards">
              {list.map((c) => (
                <li class="card" key={c.id}>
                  <a href={to(c.state === "draft" ? `/cases/${c.id}/apply` : `/cases/${c.id}`)}>{title(c.service)}</a>
                  <p>
                    <Tag>{c.state_text ?? c.state}</Tag> {c.for && <Tag kind="warn">{t("portal.acts.another")}</Tag>}
                  </p>
                  <small>
                    {t("portal.changed")} <Moment at={c.updated} />
                  </small>
                </li>
              ))}
            </ul>
          ) : (
            <p>
              {t("portal.no-cases")} <a href={to("/")}>{t("portal.all-services")}</a>
            </p>
          )
        }
      </Load>
    </>
  );
}

interface Seen {
  file: CaseFile;
  service: ServiceForm;
  mission: Mission | undefined;
}

export function Case({ params, query }: PageProps) {
  const id = params["id"] ?? "";
  const seen = useLoad(
    async (signal): Promise<Seen> => {
      const file = await get<CaseFile>(`/v1/cases/${id}?language=${language}`, { signal });
      const [service, { missions }] = await Promise.all([
        get<ServiceForm>(`/v1/services/${file.service}?language=${language}`, { signal }),
        get<MissionList>("/v1/missions", { signal }),
      ]);
      return { file, service, mission: missions.find((m) => m.code === file.mission) };
    },
    [id],
  );
  const standing = useLoad((signal) => standingOf(id, signal), [id]);
  const visit = standing.data;
  return (
    <Load of={seen}>
      {(s) => (
        <>
          <a class="back" href={to("/cases")}>
            {t("portal.my-cases")}
          </a>
          <Heading>{wordsOf(s.service)["title"] ?? s.file.service}</Heading>
          {query.get("filed") && <Notice kind="good" title={t("portal.filed")} />}
          <Status {...s} visit={visit} />
          <Unsent file={s.file} />
          <Transfer file={s.file} at="/v1/cases" online />
          <Payments file={s.file} />
          <Documents file={s.file} />
          <Asked file={s.file} />
          <Next {...s} done={seen.again} />
          <Visit of={standing} file={s.file} mission={inWords(s.mission?.name)} />
          <Talk file={s.file} done={seen.again} />
          <Told {...s} />
          <History file={s.file} />
        </>
      )}
    </Load>
  );
}

/** Where it stands, whose turn it is and until when: the answer to "why is it late?" */
function Status({ file, mission, visit }: Seen & { visit: Standing | undefined }) {
  const whose = file.turn === "person" ? "portal.your-turn" : file.turn === "officer" ? "portal.their-turn" : "portal.no-turn";
  return (
    <section class="card">
      <p>
        <Tag kind={file.turn === "person" ? "warn" : ""}>{file.state_text}</Tag>
      </p>
      <p>{t(whose, { mission: inWords(mission?.name) })}</p>
      <Why file={file} />
      <Pairs
        list={[
          [t("portal.reference"), <span class="mono">{file.id}</span>],
          [t("portal.mission"), inWords(mission?.name)],
          [t("portal.for-country"), country(file.country)],
          file.filed && [t("portal.filed-on"), <Moment at={file.filed} />],
          file.due && [t("portal.due"), <Day on={file.due} />],
          file.clock_paused && file.turn === "person" && [t("portal.due"), t("portal.paused")],
          file.until && [t("portal.until"), <Day on={file.until} />],
          visit && matters(visit, file) && [t("portal.appointment"), <a href="#appointment">{inShort(visit)}</a>],
          file.fee && [
            t("common.form.fee"),
            `${money(file.fee.amount, file.fee.currency)}${file.fee.owed ? ` · ${t("portal.owed", { amount: money(file.fee.owed, file.fee.currency) })}` : ""}`,
          ],
        ]}
      />
    </section>
  );
}

/** A case that has ended needs no appointment, which goes without saying. */
const matters = (visit: Standing, file: CaseFile) => concerns(visit) || file.next.length > 0 || !!file.turn;

/** What was begun and not sent goes on in its form. */
function Unsent({ file }: { file: CaseFile }) {
  if (!file.next.some((n) => n.action === "case.submit")) return null;
  return (
    <p>
      <a class="button" href={to(`/cases/${file.id}/apply`)}>
        {t("portal.go-on")}
      </a>
    </p>
  );
}

function Visit({ of, file, mission }: { of: Loaded<Standing>; file: CaseFile; mission: string }) {
  return (
    <Load of={of}>
      {(visit) =>
        matters(visit, file) && (
          <section class="card" id="appointment">
            <h2>{t("portal.appointment")}</h2>
            <Appointment file={file.id} mission={mission} standing={visit} done={of.again} />
          </section>
        )
      }
    </Load>
  );
}

/** What is awaited, from whom, since when; and how late it is. */
function Why({ file }: { file: CaseFile }) {
  const w = file.waits;
  if (!w) return null;
  const what = w.for === "mission" ? (w.taken ? "officer" : "to-take") : w.for;
  return (
    <>
      <p>
        {t(`portal.why.${what}`)} <Moment at={w.since} />.
      </p>
      {w.late > 0 && (
        <Notice kind="warn" title={t("portal.why.late", { n: w.late })}>
          <p>{t("portal.why.write")}</p>
        </Notice>
      )}
    </>
  );
}

/** Messages with the mission; that one has seen them is told once they are on the screen. */
function Talk({ file, done }: { file: CaseFile; done: () => void }) {
  const unseen = file.messages.some((m) => m.role !== "person" && !m.seen);
  useEffect(() => {
    if (unseen) void post(`/v1/cases/${file.id}/messages/seen`).catch(() => undefined);
  }, [file.id, unseen]);
  return (
    <section class="card" id="messages">
      <h2>{t("portal.messages")}</h2>
      {file.awaits && <p>{t(`portal.awaits.${file.awaits}`)}</p>}
      <Messages part="common" list={file.messages} files={`/v1/cases/${file.id}/attachments`} />
      <Write path={`/v1/cases/${file.id}/messages`} label={t("portal.messages.write")} help={t("portal.messages.help")} button={t("portal.messages.send")} files done={done} />
    </section>
  );
}

function Asked({ file }: { file: CaseFile }) {
  if (!file.rating || file.rating.score) return null;
  return (
    <Notice title={t("portal.rating")}>
      <p>
        <a href={to(`/cases/${file.id}/rating`)}>{t("portal.rating.link")}</a>
      </p>
    </Notice>
  );
}

function Documents({ file }: { file: CaseFile }) {
  if (!file.documents.length) return null;
  return (
    <section class="card">
      <h2>{t("portal.your-document")}</h2>
      <ul class="links">
        {file.documents.map((d) => (
          <li key={d.id}>
            {d.state === "sealed" ? (
              <a href={`/v1/documents/${d.id}/pdf`} download={`${d.number}.pdf`}>
                {t("portal.download", { number: d.number })}
              </a>
            ) : (
              <>
                <span class="mono">{d.number}</span> · {t(`portal.document.${d.state}`)}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the person can do now. */
function Next({ file, done }: Seen & { done: () => void }) {
  const steps = file.next.filter((n) => n.action !== "case.submit");
  const answer = steps.find((n) => n.action === "case.answer");
  const last = [...file.steps].reverse().find((s) => s.note?.text);
  return (
    <>
      {answer && (
        <Notice kind="warn" title={t("portal.correction")}>
          <p>
            <Typed>{last?.note?.text}</Typed>
          </p>
          <a class="button" href={to(`/cases/${file.id}/correct`)}>
            {t("portal.correct")}
          </a>
        </Notice>
      )}
      {steps
        .filter((n) => n !== answer)
        .map((n) => (
          <Do key={n.event} file={file} step={n} done={done} />
        ))}
    </>
  );
}

function Do({ file, step, done }: { file: CaseFile; step: NextStep; done: () => void }) {
  const [open, setOpen] = useState(false);
  const [fields, setFields] = useState<Record<string, string>>({});
  const [failed, setFailed] = useState<unknown>();
  const act = async (e: Event) => {
    e.preventDefault();
    try {
      if (step.action === "case.withdraw") await post(`/v1/cases/${file.id}/withdraw`);
      else await post(`/v1/cases/${file.id}/steps`, { event: step.event, ...(step.asks ? { fields } : {}) });
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <details class="card" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{step.text}</summary>
      <form onSubmit={act}>
        <Failure error={failed} />
        {(step.asks ?? []).map((a) => (
          <Field label={a.text} key={a.name}>
            {(f) => <input {...f} required dir="auto" value={fields[a.name] ?? ""} onInput={(e) => setFields({ ...fields, [a.name]: e.currentTarget.value })} />}
          </Field>
        ))}
        {step.waits_for_fee && <p>{t("portal.waits-for-fee")}</p>}
        <div class="buttons">
          <Button kind={step.action === "case.withdraw" ? "danger" : "main"}>{step.text}</Button>
        </div>
      </form>
    </details>
  );
}

function Told({ file, service }: Seen) {
  const fields = service.pages.flatMap((p) => p.fields.filter((f) => !f.at.includes("*")).map((f): [PlanField, string] => [f, f.at]));
  return (
    <details class="card">
      <summary>{t("portal.what-you-told")}</summary>
      <Shown fields={answered(fields, file.answers)} form={service.form} answers={file.answers} words={wordsOf(service)} />
      <ul>
        {file.attachments.map((a) => (
          <li key={a.id}>
            <a href={`/v1/cases/${file.id}/attachments/${a.id}`} download={a.name}>
              <Typed>{a.name}</Typed>
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

function roleName(step: Step): string {
  return t(`common.role.${step.role}`);
}

function History({ file }: { file: CaseFile }) {
  return (
    <section>
      <h2>{t("portal.history")}</h2>
      <ol class="timeline">
        {[...file.steps].reverse().map((s) => (
          <li key={s.step}>
            <Moment at={s.at} />
            <strong>{s.text}</strong> · {roleName(s)}
            {s.note?.text && (
              <p>
                <Typed>{s.note.text}</Typed>
              </p>
            )}
            <p>
              <a href={`/v1/cases/${file.id}/steps/${s.step}/proof`} download={`${file.id}-${s.step}.proof`}>
                {t("portal.proof")}
              </a>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
