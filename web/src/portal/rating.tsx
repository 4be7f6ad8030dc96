// rating.tsx - how was it? Asked once, when a case has ended
import { useState } from "preact/hooks";
import { get, post } from "../base/api";
import type { CaseFile } from "../base/model";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Failure, Field, Heading, Load, Notice, useLoad } from "../base/ui";
import { language, t } from "../base/words";

const STEPS = [5, 4, 3, 2, 1];

export function Rating({ params }: PageProps) {
  const id = params["id"] ?? "";
  const file = useLoad((signal) => get<CaseFile>(`/v1/cases/${id}?language=${language}`, { signal }), [id]);
  return (
    <>
      <a class="back" href={to(`/cases/${id}`)}>
        {t("portal.back-to-case")}
      </a>
      <Heading lead={t("portal.rating.lead")}>{t("portal.rating")}</Heading>
      <Load of={file}>{(f) => (f.rating?.score ? <Notice kind="good" title={t("portal.rating.thanks")} /> : f.rating ? <Rate id={id} done={file.again} /> : <Notice title={t("portal.rating.not-yet")} />)}</Load>
    </>
  );
}

function Rate({ id, done }: { id: string; done: () => void }) {
  const [score, setScore] = useState(0);
  const [text, setText] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const send = async (e: Event) => {
    e.preventDefault();
    try {
      await post(`/v1/cases/${id}/rating`, { score, ...(text ? { text } : {}) });
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <form class="card" onSubmit={send}>
      <Failure error={failed} />
      <fieldset>
        <legend>{t("portal.rating.how")}</legend>
        {STEPS.map((s) => (
          <div class="choice" key={s}>
            <input type="radio" name="score" id={`score-${s}`} required checked={score === s} onChange={() => setScore(s)} />
            <label for={`score-${s}`}>{t(`portal.score.${s}`)}</label>
          </div>
        ))}
      </fieldset>
      <Field label={t("portal.rating.text")}>{(a) => <textarea {...a} dir="auto" maxLength={2000} value={text} onInput={(e) => setText(e.currentTarget.value)} />}</Field>
      <div class="buttons">
        <Button>{t("portal.rating.send")}</Button>
      </div>
    </form>
  );
}
