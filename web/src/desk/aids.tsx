// aids.tsx - what helps an officer beside the case itself: cases that may be the same one, the lines of a
// passport held against the answers, its documents, and a colleague who takes over
import { useState } from "preact/hooks";
import type { OfficerList, ReadLines } from "../base/answers";
import { get, post, query } from "../base/api";
import { labelOf } from "../base/labels";
import type { CaseFile, ServiceForm } from "../base/model";
import { at, schemaAt, wordsOf } from "../base/model";
import { to } from "../base/router";
import { session } from "../base/session";
import { Button, Day, Failure, Field, Load, Moment, Notice, Pairs, Tag, Typed, useLoad } from "../base/ui";
import { t } from "../base/words";

/** Nobody decides twice about the same thing unknowingly. */
export function Similar({ file }: { file: CaseFile }) {
  if (!file.similar?.length) return null;
  return (
    <Notice kind="warn" title={t("desk.similar", { n: file.similar.length })}>
      <ul>
        {file.similar.map((s) => (
          <li key={s.id}>
            <a href={to(`/desk/cases/${s.id}`)}>
              <Moment at={s.filed} />
            </a>{" "}
            · {s.state_text ?? s.state} · {t(`desk.similar.${s.why}`)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

const READ = ["primary", "secondary", "number", "birth", "expiry"] as const;

const plain = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, "");

/** The answer that says the same, if one does. */
function answerLike(file: CaseFile, service: ServiceForm, value: string): string | undefined {
  const words = wordsOf(service);
  for (const f of service.pages.flatMap((p) => p.fields)) {
    if (f.at.includes("*") || !schemaAt(service.form, f.at)) continue;
    const answer = at(file.answers, f.at);
    if (typeof answer === "string" && plain(answer) && plain(answer) === plain(value)) return labelOf(f, f.at, words);
  }
  return undefined;
}

function Comparison({ mrz, file, service }: { mrz: ReadLines; file: CaseFile; service: ServiceForm }) {
  const expired = mrz.expiry !== undefined && mrz.expiry < new Date().toISOString().slice(0, 10);
  return (
    <>
      {mrz.wrong.length > 0 && (
        <Notice kind="bad" title={t("desk.mrz-wrong")}>
          {mrz.wrong.map((w) => t(`desk.mrz.${w}`)).join(" · ")}
        </Notice>
      )}
      {expired && <Notice kind="warn" title={t("desk.mrz-expired")} />}
      <Pairs
        list={READ.map((name) => {
          const value = mrz[name];
          if (!value) return null;
          const label = answerLike(file, service, value);
          return [
            t(`desk.mrz.${name}`),
            <>
              {name === "birth" || name === "expiry" ? <Day on={value} both={false} /> : <Typed>{value}</Typed>} {label ? <Tag kind="good">{t("desk.mrz-same", { field: label })}</Tag> : <Tag>{t("desk.mrz-nowhere")}</Tag>}
            </>,
          ];
        })}
      />
    </>
  );
}

/** A reader at the counter types the lines as a keyboard would. */
export function Passport({ file, service }: { file: CaseFile; service: ServiceForm }) {
  const [text, setText] = useState("");
  const [read, setRead] = useState<ReadLines>();
  const [failed, setFailed] = useState<unknown>();
  const check = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    setRead(undefined);
    try {
      setRead(await post<ReadLines>("/v1/mrz", { text }));
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <details class="card">
      <summary>{t("desk.mrz")}</summary>
      <form onSubmit={check}>
        <Failure error={failed} />
        <Field label={t("desk.mrz-lines")} help={t("desk.mrz-help")}>
          {(a) => <textarea {...a} dir="ltr" class="mono" required rows={3} maxLength={200} spellcheck={false} autocomplete="off" value={text} onInput={(e) => setText(e.currentTarget.value)} />}
        </Field>
        <div class="buttons">
          <Button kind="quiet">{t("desk.mrz-check")}</Button>
        </div>
      </form>
      {read && <Comparison mrz={read} file={file} service={service} />}
    </details>
  );
}

/** The sealed documents, to look at and to print. Each look is kept and shown to the person. */
export function Documents({ file }: { file: CaseFile }) {
  const sealed = file.documents.filter((d) => d.state !== "reserved" && d.state !== "spoilt");
  if (!sealed.length) return null;
  const address = (id: string) => `/v1/desk/cases/${file.id}/documents/${id}`;
  return (
    <section class="card">
      <h2>{t("desk.documents")}</h2>
      {sealed.map((d) => (
        <div key={d.id}>
          <p>
            <span class="mono">{d.number}</span> <Tag kind={d.state === "revoked" ? "bad" : "good"}>{t(`desk.document.${d.state}`)}</Tag>
          </p>
          <div class="buttons">
            <a class="button quiet" href={address(d.id)} target="_blank" rel="noopener">
              {t("desk.document-look")}
            </a>
            <a class="button quiet" href={address(d.id)} download={`${d.number}.pdf`}>
              {t("desk.document-print")}
            </a>
          </div>
        </div>
      ))}
    </section>
  );
}

export function PassOn({ file, done }: { file: CaseFile; done: () => void }) {
  const [officer, setOfficer] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const colleagues = useLoad(async (signal) => {
    const who = await session();
    const list = await get<OfficerList>(`/v1/officers${query({ mission: who?.mission })}`, { signal });
    return list.officers.filter((o) => o.id !== who?.id && o.state === "active" && o.roles.some((r) => r === "consular-officer" || r === "consul"));
  }, []);
  const hand = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      await post(`/v1/desk/cases/${file.id}/pass-on`, { officer });
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <details class="card">
      <summary>{t("desk.pass-on")}</summary>
      <Load of={colleagues}>
        {(list) =>
          list.length ? (
            <form onSubmit={hand}>
              <Failure error={failed} />
              <Field label={t("desk.colleague")}>
                {(a) => (
                  <select {...a} required value={officer} onChange={(e) => setOfficer(e.currentTarget.value)}>
                    <option value="" />
                    {list.map((o) => (
                      <option key={o.id} value={o.id}>
                        {o.name}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
              <div class="buttons">
                <Button kind="quiet">{t("desk.pass-on-now")}</Button>
              </div>
            </form>
          ) : (
            <p class="empty">{t("desk.no-colleague")}</p>
          )
        }
      </Load>
    </details>
  );
}
