// entering.tsx - an officer enters what a person brought or sent: the same form, and a receipt to take away
import { useRef, useState } from "preact/hooks";
import { get, post, put, query } from "../base/api";
import { Form, type Sheet } from "../base/form";
import type { Answers, CaseFile, ServiceForm } from "../base/model";
import { wordsOf } from "../base/model";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Day, Heading, Load, Notice, Pairs, Print, Typed, useLoad } from "../base/ui";
import { country, inWords, language, money, t } from "../base/words";
import { ownMission } from "./mission";

/** Kept by the node page by page, each an act in the journal; never on a device of the mission. */
class Entered implements Sheet {
  private sent: Answers;

  constructor(
    private readonly id: string,
    public answers: Answers,
    private readonly tell: (saved: boolean) => void,
  ) {
    this.sent = answers;
  }

  change(answers: Answers): void {
    this.answers = answers;
    this.tell(false);
  }

  async flush(): Promise<void> {
    const answers = this.answers;
    if (answers === this.sent) return;
    await put(`/v1/desk/cases/${this.id}/answers`, { answers });
    this.sent = answers;
    this.tell(this.answers === answers);
  }

  done(): void {}
  stop(): void {}
}

interface Seen {
  file: CaseFile;
  service: ServiceForm;
}

const seen = (id: string) => async (signal: AbortSignal): Promise<Seen> => {
  const file = await get<CaseFile>(`/v1/desk/cases/${id}${query({ language })}`, { signal });
  return { file, service: await get<ServiceForm>(`/v1/services/${file.service}?language=${language}`, { signal }) };
};

export function Enter({ params, query: asked }: PageProps) {
  const id = params["id"] ?? "";
  const open = useLoad(seen(id), [id]);
  return <Load of={open}>{(o) => (o.file.state === "draft" ? <Draft {...o} begin={asked.get("page") ?? ""} reload={open.again} /> : <Lodged file={o.file} />)}</Load>;
}

function Draft({ file, service, begin, reload }: Seen & { begin: string; reload: () => void }) {
  const [saved, setSaved] = useState(true);
  const sheet = useRef<Entered>();
  sheet.current ??= new Entered(file.id, file.answers ?? {}, setSaved);
  const lodge = async () => {
    await post(`/v1/desk/cases/${file.id}/lodge`, { event: "submit", channel: file.channel, received: file.received, received_time: file.received_time });
    go(`/desk/counter/${file.id}/receipt`);
  };
  return (
    <Form
      file={file}
      service={service}
      sheet={sheet.current}
      status={t(saved ? "desk.counter.kept" : "desk.counter.not-kept")}
      files={`/v1/desk/cases/${file.id}/attachments`}
      before={{ href: to("/desk/counter"), label: t("desk.counter") }}
      begin={begin}
      reload={reload}
      last={{ note: t("desk.counter.declare"), label: t("desk.counter.lodge"), send: lodge }}
    />
  );
}

/** It is on the desk by now. */
function Lodged({ file }: { file: CaseFile }) {
  return (
    <>
      <Heading>{t("desk.counter.lodged")}</Heading>
      <div class="buttons">
        <a class="button" href={to(`/desk/counter/${file.id}/receipt`)}>
          {t("desk.counter.receipt")}
        </a>
        <a class="button quiet" href={to(`/desk/cases/${file.id}`)}>
          {t("desk.counter.to-case")}
        </a>
      </div>
    </>
  );
}

/** One page to print: what the person takes away. No answers, for paper is left lying about. */
export function Receipt({ params }: PageProps) {
  const id = params["id"] ?? "";
  const open = useLoad(seen(id), [id]);
  const mission = useLoad(ownMission, []);
  return (
    <Load of={open}>
      {({ file, service }) => (
        <article class="receipt">
          <Heading lead={mission.data && inWords(mission.data.name)}>{t("desk.counter.receipt")}</Heading>
          {!file.filed && <Notice kind="warn" title={t("desk.counter.not-lodged")} />}
          <Pairs
            list={[
              [t("desk.reference"), <strong class="mono">{file.id}</strong>],
              [t("desk.service"), wordsOf(service)["title"] ?? file.service],
              [t("desk.country"), country(file.country)],
              file.received && [t("desk.counter.received"), <Day on={file.received} />],
              file.received_time && [t("desk.counter.received-time"), <bdi>{file.received_time}</bdi>],
              file.channel && file.channel !== "online" && [t("desk.counter.channel"), t(`desk.counter.channel.${file.channel}`)],
              file.due && [t("desk.counter.answer-by"), <Day on={file.due} />],
              file.fee && [t("common.form.fee"), `${money(file.fee.amount, file.fee.currency)} · ${t("desk.owed", { amount: money(file.fee.owed, file.fee.currency) })}`],
              file.attachments.length > 0 && [
                t("desk.counter.enclosed"),
                <ul>
                  {file.attachments.map((a) => (
                    <li key={a.id}>
                      <Typed>{a.name.replace(/^[a-z0-9-]+: /, "")}</Typed>
                    </li>
                  ))}
                </ul>,
              ],
            ]}
          />
          <p>{t("desk.counter.receipt-note")}</p>
          <div class="buttons">
            <Print />
            <a class="button quiet" href={to("/desk/counter")}>
              {t("desk.counter.next")}
            </a>
            <a class="button quiet" href={to(`/desk/cases/${file.id}`)}>
              {t("desk.counter.to-case")}
            </a>
          </div>
        </article>
      )}
    </Load>
  );
}
