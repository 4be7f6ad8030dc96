// messages.tsx - what a person and a mission write to each other about a case, for either side
import { useState } from "preact/hooks";
import { post } from "./api";
import type { Message } from "./model";
import { Button, Failure, Field, Moment, Typed } from "./ui";
import { t } from "./words";

/** A field to write in, that empties once the node has it. */
export function Write({ path, label, help, button, done }: { path: string; label: string; help?: string; button: string; done: () => void }) {
  const [text, setText] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const send = async (e: Event) => {
    e.preventDefault();
    try {
      await post(path, { text });
      setText("");
      setFailed(undefined);
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <form onSubmit={send}>
      <Failure error={failed} />
      <Field label={label} help={help}>
        {(a) => <textarea {...a} dir="auto" required maxLength={2000} value={text} onInput={(e) => setText(e.currentTarget.value)} />}
      </Field>
      <div class="buttons">
        <Button kind="quiet">{button}</Button>
      </div>
    </form>
  );
}

/** The newest last, as one reads a talk. */
export function Messages({ list, part }: { list: Message[]; part: "common" | "desk" }) {
  if (!list.length) return null;
  return (
    <ol class="timeline">
      {list.map((m) => (
        <li key={m.message}>
          <Moment at={m.at} />
          <strong>{t(`${part}.role.${m.role}`)}</strong>
          {m.seen && <small> · {t("common.seen")}</small>}
          <p class="typed">
            <Typed>{m.text}</Typed>
          </p>
        </li>
      ))}
    </ol>
  );
}
