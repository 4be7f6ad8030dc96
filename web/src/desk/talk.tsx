// talk.tsx - beside a case on the desk: messages with the person, notes for colleagues, an urgent place
import { useState } from "preact/hooks";
import type { AskingList, ServiceList } from "../base/answers";
import { get, post } from "../base/api";
import { Messages, Write } from "../base/messages";
import type { CaseFile } from "../base/model";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Failure, Field, Heading, Load, Moment, Table, Tag, useLoad } from "../base/ui";
import { language, number, t } from "../base/words";

export function Talk({ file, done }: { file: CaseFile; done: () => void }) {
  return (
    <div class="split">
      <section class="card" id="messages">
        <h2>{t("desk.messages")}</h2>
        {file.awaits && (
          <p>
            <Tag kind={file.awaits === "mission" ? "warn" : ""}>{t(`desk.awaits.${file.awaits}`)}</Tag>
          </p>
        )}
        <Messages part="desk" list={file.messages} files={`/v1/desk/cases/${file.id}/attachments`} />
        <Write path={`/v1/desk/cases/${file.id}/messages`} label={t("desk.messages.write")} help={t("desk.messages.help")} button={t("desk.messages.send")} files done={done} />
      </section>
      <section class="card" id="remarks">
        <h2>{t("desk.remarks")}</h2>
        <Messages part="desk" list={file.remarks ?? []} />
        <Write path={`/v1/desk/cases/${file.id}/remarks`} label={t("desk.remarks.write")} help={t("desk.remarks.help")} button={t("desk.remarks.add")} done={done} />
        <Give file={file} done={done} />
      </section>
    </div>
  );
}

/** A place that is held back, or another time: with a reason that the person sees. */
function Give({ file, done }: { file: CaseFile; done: () => void }) {
  const [at, setAt] = useState("");
  const [reason, setReason] = useState("");
  const [given, setGiven] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const give = async (e: Event) => {
    e.preventDefault();
    try {
      await post(`/v1/desk/cases/${file.id}/appointment`, { at, reason });
      setFailed(undefined);
      setGiven(true);
      done();
    } catch (error) {
      setGiven(false);
      setFailed(error);
    }
  };
  return (
    <details>
      <summary>{t("desk.give")}</summary>
      <form onSubmit={give}>
        <Failure error={failed} />
        {given && <p role="status">{t("desk.give.done")}</p>}
        <Field label={t("desk.give.at")} help={t("desk.give.help")}>
          {(a) => <input {...a} type="datetime-local" required value={at} onInput={(e) => setAt(e.currentTarget.value.slice(0, 16))} />}
        </Field>
        <Field label={t("desk.give.reason")}>{(a) => <input {...a} dir="auto" required maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}</Field>
        <div class="buttons">
          <Button kind="quiet">{t("desk.give.button")}</Button>
        </div>
      </form>
    </details>
  );
}

/** Whose person waits for an answer, the longest first. */
export function Inbox(_: PageProps) {
  const waiting = useLoad((signal) => get<AskingList>("/v1/desk/messages", { signal }), []);
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const title = (name: string) => services.data?.services.find((s) => s.name === name)?.title ?? name;
  return (
    <>
      <Heading lead={t("desk.inbox-lead")}>{t("desk.inbox")}</Heading>
      <Load of={waiting}>
        {({ cases }) => (
          <Table
            caption={t("desk.inbox-waiting", { n: cases.length })}
            empty={t("desk.inbox-empty")}
            rows={cases}
            columns={[
              { label: t("desk.service"), cell: (r) => <a href={`${to(`/desk/cases/${r.id}`)}#messages`}>{title(r.service)}</a> },
              { label: t("desk.inbox-since"), cell: (r) => <Moment at={r.since} /> },
              { label: t("desk.messages"), cell: (r) => number(r.messages), end: true },
              { label: t("desk.inbox-unread"), cell: (r) => (r.unread ? <Tag kind="warn">{number(r.unread)}</Tag> : number(0)), end: true },
            ]}
          />
        )}
      </Load>
    </>
  );
}
