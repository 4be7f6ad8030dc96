// correct.tsx - the answers that an officer asked about, and nothing else, to be put right and sent back
import { useState } from "preact/hooks";
import { get, post } from "../base/api";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Button, Failure, Heading, Load, Mistakes, Notice, Typed, useLoad, type Mistake } from "../base/ui";
import { language, t } from "../base/words";
import { check } from "../base/check";
import { FormField } from "../base/fields";
import type { Answers, CaseFile, PlanField, ServiceForm } from "../base/model";
import { withAt } from "../base/model";
import { wordsOf } from "../base/model";
import { Uploads } from "../base/uploads";

export function Correct({ params }: PageProps) {
  const id = params["id"] ?? "";
  const open = useLoad(
    async (signal) => {
      const file = await get<CaseFile>(`/v1/cases/${id}?language=${language}`, { signal });
      return { file, service: await get<ServiceForm>(`/v1/services/${file.service}?language=${language}`, { signal }) };
    },
    [id],
  );
  return <Load of={open}>{(o) => <Form {...o} reload={open.again} />}</Load>;
}

function Form({ file, service, reload }: { file: CaseFile; service: ServiceForm; reload: () => void }) {
  const words = wordsOf(service);
  const asked = [...file.steps].reverse().find((s) => s.note?.text)?.note;
  const wanted = (asked?.fields ?? []) as string[];
  const fields: [PlanField, string][] = service.pages
    .flatMap((p) => p.fields)
    .filter((f) => !f.at.includes("*") && (!wanted.length || wanted.some((w) => w === f.at || w.startsWith(`${f.at}/`))))
    .map((f) => [f, f.at]);
  const [answers, setAnswers] = useState<Answers>(file.answers);
  const [mistakes, setMistakes] = useState<Mistake[]>([]);
  const [failed, setFailed] = useState<unknown>();
  const send = async (e: Event) => {
    e.preventDefault();
    const found = fields.flatMap(([f, p]) => check(service.form, answers, f, p, words));
    setMistakes(found);
    if (found.length) return;
    try {
      await post(`/v1/cases/${file.id}/answer`, { answers });
      go(`/cases/${file.id}`);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <>
      <a class="back" href={to(`/cases/${file.id}`)}>
        {t("common.back")}
      </a>
      <Heading>{t("portal.correct")}</Heading>
      <Notice kind="info" title={t("portal.officer-asks")}>
        <p>
          <Typed>{asked?.text}</Typed>
        </p>
      </Notice>
      <Mistakes list={mistakes} />
      <Failure error={failed} />
      <form noValidate onSubmit={send}>
        {fields.map(([f, p]) => (
          <FormField key={p} field={f} pointer={p} form={service.form} answers={answers} words={words} mistakes={mistakes} change={(at, v) => setAnswers((a) => withAt(a, at, v))} />
        ))}
        <Uploads to={`/v1/cases/${file.id}/attachments`} asked={[{ id: "added", text: t("portal.add-document") }]} have={file.attachments} changed={reload} />
        <div class="buttons">
          <Button>{t("portal.send-back")}</Button>
        </div>
      </form>
    </>
  );
}
