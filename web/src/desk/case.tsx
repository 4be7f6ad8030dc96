// case.tsx - one case on the desk: what was said beside what was brought, and what may be done now
import { useState } from "preact/hooks";
import type { CaseStatement } from "../base/answers";
import { get, post, query } from "../base/api";
import { signed } from "../base/passkey";
import { stockOf } from "./stock";
import { useSigning } from "../base/signing";
import { useKeys } from "../base/keys";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Day, Failure, Field, Heading, Load, Moment, Notice, Pairs, Reasons, Tag, Typed, useLoad } from "../base/ui";
import { country, has, language, money, t } from "../base/words";
import { labelOf } from "../base/labels";
import type { Answers, Attachment, CaseFile, NextStep, PlanField, PlanPage, ServiceForm } from "../base/model";
import { at, wordsOf } from "../base/model";
import { answered, Shown } from "../base/shown";
import { Payments, Transfer } from "../base/transfer";
import { Documents, PassOn, Passport, Similar } from "./aids";
import { Talk } from "./talk";

interface Seen {
  file: CaseFile;
  service: ServiceForm;
}

interface DeskProps extends Seen {
  done: () => void;
}

export function DeskCase({ params, query: asked }: PageProps) {
  const id = params["id"] ?? "";
  const reason = asked.get("reason") ?? "";
  const seen = useLoad(
    async (signal): Promise<Seen> => {
      const file = await get<CaseFile>(`/v1/desk/cases/${id}${query({ language, reason })}`, { signal });
      return { file, service: await get<ServiceForm>(`/v1/services/${file.service}?language=${language}`, { signal }) };
    },
    [id],
  );
  return (
    <>
      <a class="back" href={to("/desk")}>
        {t("desk.queue")}
      </a>
      <Load of={seen}>{(s) => <Open {...s} done={seen.again} />}</Load>
    </>
  );
}

function Open({ file, service, done }: DeskProps) {
  const words = wordsOf(service);
  return (
    <>
      <Heading>{words["title"] ?? file.service}</Heading>
      <Summary file={file} />
      <Similar file={file} />
      {file.state === "draft" && file.channel !== "online" && (
        <p>
          <a class="button" href={to(`/desk/counter/${file.id}`)}>
            {t("desk.counter.go-on")}
          </a>
        </p>
      )}
      <Actions file={file} service={service} done={done} />
      <Transfer file={file} at="/v1/desk/cases" />
      <Payments file={file} receipt={(n) => <a href={to(`/desk/cases/${file.id}/receipts/${n}`)}>{n}</a>} />
      <Documents file={file} />
      <div class="split">
        <section>
          {service.pages.map((p) => {
            const fields = answered(planned(p, file.answers), file.answers);
            return (
              fields.length > 0 && (
                <section class="card" key={p.id}>
                  <h2>{words[p.title]}</h2>
                  <Shown fields={fields} form={service.form} answers={file.answers} words={words} />
                </section>
              )
            );
          })}
        </section>
        <Scans file={file} />
      </div>
      <Passport file={file} service={service} />
      {file.next.some((n) => n.action === "case.release") && <PassOn file={file} done={done} />}
      <Talk file={file} done={done} />
      <History file={file} />
    </>
  );
}

/** All fields of a page, those of a list once for each item. */
function planned(page: PlanPage, answers: Answers): [PlanField, string][] {
  if (!page.repeat) return page.fields.map((f) => [f, f.at]);
  const list = at(answers, page.repeat.at);
  const n = Array.isArray(list) ? list.length : 0;
  return Array.from({ length: n }, (_, i) => page.fields.map((f): [PlanField, string] => [f, f.at.replace("*", String(i))])).flat();
}

function Summary({ file }: { file: CaseFile }) {
  return (
    <section class="card">
      <Tag>{file.state_text}</Tag>
      <Pairs
        list={[
          [t("desk.reference"), <span class="mono">{file.id}</span>],
          [t("desk.country"), country(file.country)],
          file.channel === "partner" && [t("desk.counter.channel"), <a href={to("/desk/protections")}>{t("desk.protections.by-partner")}</a>],
          file.filed && [t("desk.filed"), <Moment at={file.filed} />],
          file.due && [t("desk.due"), <Day on={file.due} />],
          file.clock_paused && [t("desk.due"), t("desk.paused")],
          file.fee && [t("desk.fee"), `${money(file.fee.amount, file.fee.currency)} · ${t("desk.owed", { amount: money(file.fee.owed, file.fee.currency) })}`],
          ...file.documents.map((d): [string, preact.JSX.Element] => [t("desk.document"), <span class="mono">{d.number}</span>]),
        ]}
      />
    </section>
  );
}

/** Pictures beside the answers; what is no picture is downloaded. Each look is kept and shown to the person. */
function Scans({ file }: { file: CaseFile }) {
  const [open, setOpen] = useState<Attachment | undefined>(file.attachments[0]);
  const address = (a: Attachment) => `/v1/desk/cases/${file.id}/attachments/${a.id}`;
  if (!file.attachments.length) return <p class="empty">{t("desk.no-scans")}</p>;
  return (
    <section class="card scans">
      <h2>{t("desk.scans")}</h2>
      <ul class="filters">
        {file.attachments.map((a) => (
          <li key={a.id}>
            <Button kind={a === open ? "main" : "quiet"} run={() => setOpen(a)}>
              <Typed>{a.name}</Typed>
            </Button>
          </li>
        ))}
      </ul>
      {open && open.type.startsWith("image/") && <img src={address(open)} alt={open.name} />}
      {open && !open.type.startsWith("image/") && (
        <a href={address(open)} download={open.name}>
          {t("desk.download")}
        </a>
      )}
    </section>
  );
}

function History({ file }: { file: CaseFile }) {
  return (
    <section>
      <h2>{t("desk.history")}</h2>
      <ol class="timeline">
        {[...file.steps].reverse().map((s) => (
          <li key={s.step}>
            <Moment at={s.at} />
            <strong>{s.text}</strong> · {t(`desk.role.${s.role}`)}
            {s.note?.text && (
              <p>
                <Typed>{s.note.text}</Typed>
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/* ---- what may be done ---------------------------------------------------------------------- */

const letters: Record<string, string> = {
  "case.take": "t",
  "case.release": "l",
  "case.request-correction": "c",
  "case.propose": "p",
  "case.confirm": "y",
  "case.return": "x",
};

/** Approving and refusing are one step for the second officer: what was proposed is what is signed. */
function offered(next: NextStep[]): NextStep[] {
  const confirm = next.find((n) => n.action === "case.confirm");
  return next.filter((n) => n.action !== "case.confirm" || n === confirm).map((n) => (n === confirm ? { ...n, text: t("desk.look-and-confirm") } : n));
}

function Actions({ file, service, done }: DeskProps) {
  const steps = offered(file.next);
  const [open, setOpen] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  const run = async (n: NextStep) => {
    setFailed(undefined);
    if (n.action !== "case.take" && n.action !== "case.release") return setOpen(open === n.event ? undefined : n.event);
    try {
      await post(`/v1/desk/cases/${file.id}/${n.action.slice(5)}`);
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  useKeys((key) => {
    const n = steps.find((x) => letters[x.action] === key);
    if (!n || n.refused) return false;
    void run(n);
    return true;
  });
  if (!steps.length && !file.fee?.owed) return null;
  return (
    <section class="card" aria-label={t("desk.now")}>
      <Failure error={failed} />
      <div class="buttons">
        {steps.map((n) => (
          <Button
            key={n.event}
            kind={n.refused || n.action === "case.release" || n.action === "case.return" ? "quiet" : "main"}
            run={() => run(n)}
            disabled={n.refused !== undefined}
            aria-expanded={open === n.event}
            aria-keyshortcuts={letters[n.action]}
            {...(n.refused ? { "aria-describedby": `why-${n.event}` } : {})}
          >
            {n.text}
            {letters[n.action] && !n.refused && <kbd>{letters[n.action]}</kbd>}
          </Button>
        ))}
      </div>
      <Refused steps={steps} />
      {steps.map((n) => open === n.event && <Form key={n.event} step={n} file={file} service={service} done={done} />)}
      {(file.fee?.owed ?? 0) > 0 && <Payment file={file} done={done} />}
    </section>
  );
}

/** What the policy would say to each step that is not open to this officer, before it is tried. */
function Refused({ steps }: { steps: NextStep[] }) {
  const refused = steps.filter((n) => n.refused);
  if (!refused.length) return null;
  return (
    <details class="why">
      <summary>{t("desk.not-open", { n: refused.length })}</summary>
      <dl>
        {refused.map((n) => (
          <div key={n.event} id={`why-${n.event}`}>
            <dt>{n.text}</dt>
            <dd>{n.refused?.by?.length ? <Reasons by={n.refused.by} /> : <Reasons by={n.refused?.near ?? []} />}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Form(props: DeskProps & { step: NextStep }) {
  switch (props.step.action) {
    case "case.propose":
      return <Propose {...props} />;
    case "case.confirm":
      return <Confirm {...props} />;
    case "case.request-correction":
      return <Correction {...props} />;
    default:
      return <Record {...props} />;
  }
}

async function statementOf(id: string, outcome?: string): Promise<CaseStatement> {
  return get<CaseStatement>(`/v1/desk/cases/${id}/statement${query({ outcome })}`);
}

/** What the officer signs: what the document's seal will say, and for which decision. */
export function SealContent({ statement }: { statement: Pick<CaseStatement, "seal"> }) {
  const list = Object.entries({ ...statement.seal.messages, ...statement.seal.mrz });
  if (!list.length) return null;
  return (
    <>
      <h3>{t("desk.seal-says")}</h3>
      <Pairs list={list.map(([k, v]) => [has(`desk.seal.${k}`) ? t(`desk.seal.${k}`) : k, /^\d{4}-\d\d-\d\d$/.test(v) ? <Day on={v} /> : <Typed>{String(v)}</Typed>])} />
    </>
  );
}

function Propose({ file, done }: DeskProps) {
  const [outcome, setOutcome] = useState("approve");
  const [reason, setReason] = useState("");
  const statement = useLoad(() => statementOf(file.id, outcome), [outcome]);
  const { attempt, told } = useSigning(done);
  const propose = async (e: Event) => {
    e.preventDefault();
    await attempt(async () => {
      const s = statement.data ?? (await statementOf(file.id, outcome));
      const signature = await signed(s.statement);
      await post(`/v1/desk/cases/${file.id}/propose`, { outcome, signature, ...(reason ? { reason } : {}) });
    });
  };
  return (
    <form onSubmit={propose}>
      {told}
      <fieldset>
        <legend>{t("desk.outcome")}</legend>
        {["approve", "refuse"].map((o) => (
          <div class="choice" key={o}>
            <input type="radio" name="outcome" id={`outcome-${o}`} checked={outcome === o} onChange={() => setOutcome(o)} />
            <label for={`outcome-${o}`}>{t(`desk.${o}`)}</label>
          </div>
        ))}
      </fieldset>
      <Field label={t(outcome === "refuse" ? "desk.reason-needed" : "desk.reason")}>
        {(a) => <textarea {...a} dir="auto" required={outcome === "refuse"} maxLength={2000} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}
      </Field>
      {outcome === "approve" && <Load of={statement}>{(s) => <SealContent statement={s} />}</Load>}
      <div class="buttons">
        <Button>{t("desk.sign-and-propose")}</Button>
      </div>
    </form>
  );
}

/** The second officer sees what the first one signed, and signs the same. */
function Confirm({ file, done }: DeskProps) {
  const statement = useLoad(() => statementOf(file.id), []);
  const { attempt, told } = useSigning(done);
  const proposal = [...file.steps].reverse().find((s) => s.event === "propose");
  return (
    <Load of={statement}>
      {(s) => {
        const outcome = (JSON.parse(s.statement) as { outcome?: string }).outcome ?? "";
        return (
          <div>
            {told}
            <Notice title={t("desk.proposed", { outcome: t(`desk.${outcome}`) })}>
              <Typed>{proposal?.note?.text}</Typed>
            </Notice>
            {outcome === "approve" && <SealContent statement={s} />}
            <Button run={() => attempt(async () => post(`/v1/desk/cases/${file.id}/confirm`, { signature: await signed(s.statement) }))}>{t("desk.sign-and-confirm")}</Button>
          </div>
        );
      }}
    </Load>
  );
}

function Correction({ file, service, done }: DeskProps) {
  const words = wordsOf(service);
  const [fields, setFields] = useState<string[]>([]);
  const [message, setMessage] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const send = async (e: Event) => {
    e.preventDefault();
    try {
      await post(`/v1/desk/cases/${file.id}/correction`, { message, fields });
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  const toggle = (at: string) => setFields(fields.includes(at) ? fields.filter((f) => f !== at) : [...fields, at]);
  return (
    <form onSubmit={send}>
      <Failure error={failed} />
      <Field label={t("desk.correction-message")} help={t("desk.correction-help")}>
        {(a) => <textarea {...a} dir="auto" required maxLength={2000} value={message} onInput={(e) => setMessage(e.currentTarget.value)} />}
      </Field>
      <fieldset>
        <legend>{t("desk.correction-fields")}</legend>
        <div class="choices">
          {service.pages.flatMap((p) =>
            p.fields
              .filter((f) => !f.at.includes("*"))
              .map((f) => (
                <div class="choice" key={f.at}>
                  <input type="checkbox" id={`ask${f.at}`} checked={fields.includes(f.at)} onChange={() => toggle(f.at)} />
                  <label for={`ask${f.at}`}>{labelOf(f, f.at, words)}</label>
                </div>
              )),
          )}
        </div>
      </fieldset>
      <div class="buttons">
        <Button>{t("desk.ask-correction")}</Button>
      </div>
    </form>
  );
}

/** Steps that name a blank propose the one that is next in stock. */
async function nextBlanks(mission: string, step: NextStep, signal: AbortSignal): Promise<Record<string, string>> {
  const asked = (step.asks ?? []).filter((a) => /^(booklet|sticker)_numbers?$/.test(a.name));
  if (!asked.length) return {};
  const { kinds } = await stockOf(mission, signal);
  return Object.fromEntries(asked.flatMap((a) => kinds.filter((k) => a.name.startsWith(k.kind) && k.next).map((k) => [a.name, k.next ?? ""])));
}

/** Any other step of the service's own life of a case, with what it asks for. */
function Record({ file, step, done }: DeskProps & { step: NextStep }) {
  const [fields, setFields] = useState<Record<string, string>>({});
  const [reason, setReason] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const returning = step.action === "case.return";
  const next = useLoad((signal) => nextBlanks(file.mission, step, signal), [file.mission, step.event]).data ?? {};
  const record = async (e: Event) => {
    e.preventDefault();
    try {
      if (returning) await post(`/v1/desk/cases/${file.id}/return`, { reason });
      else await post(`/v1/desk/cases/${file.id}/steps`, { event: step.event, ...(step.asks ? { fields: { ...next, ...fields } } : {}) });
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <form onSubmit={record}>
      <Failure error={failed} />
      {step.waits_for_fee && <Notice kind="warn" title={t("desk.waits-for-fee")} />}
      {(step.asks ?? []).map((a) => (
        <Field label={a.text} key={a.name} {...(next[a.name] ? { help: t("desk.stock.next-help") } : {})}>
          {(f) => <input {...f} required dir="auto" value={fields[a.name] ?? next[a.name] ?? ""} onInput={(e) => setFields({ ...fields, [a.name]: e.currentTarget.value })} />}
        </Field>
      ))}
      {returning && (
        <Field label={t("desk.reason")}>{(f) => <textarea {...f} required dir="auto" value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}</Field>
      )}
      <div class="buttons">
        <Button>{step.text}</Button>
      </div>
    </form>
  );
}

function Payment({ file, done }: { file: CaseFile; done: () => void }) {
  const fee = file.fee!;
  const [how, setHow] = useState("cash");
  const [reference, setReference] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const pay = async (e: Event) => {
    e.preventDefault();
    try {
      await post(`/v1/desk/cases/${file.id}/payments`, { amount: fee.owed, currency: fee.currency, how, ...(reference ? { reference } : {}) });
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <details>
      <summary>{t("desk.payment", { amount: money(fee.owed, fee.currency) })}</summary>
      <form onSubmit={pay}>
        <Failure error={failed} />
        <Field label={t("desk.how")}>
          {(a) => (
            <select {...a} value={how} onChange={(e) => setHow(e.currentTarget.value)}>
              {["cash", "card", "transfer", "post", "other"].map((h) => (
                <option key={h} value={h}>
                  {t(`common.how.${h}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("desk.payment-reference")}>{(a) => <input {...a} dir="auto" value={reference} onInput={(e) => setReference(e.currentTarget.value)} />}</Field>
        <div class="buttons">
          <Button kind="quiet">{t("desk.record-payment")}</Button>
        </div>
      </form>
    </details>
  );
}

