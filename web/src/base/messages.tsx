// messages.tsx - what a person and a mission write to each other about a case, for either side
import { useState } from "preact/hooks";
import { post } from "./api";
import type { Attachment, Message } from "./model";
import { Button, Failure, Field, Moment, Typed } from "./ui";
import { kilobytes, TYPES, useUpload } from "./uploads";
import { t } from "./words";

const FILES_MAX = 3;

/** Files that go with what is being written; the node has them before it has the text. */
function Files(props: { to: string; have: Attachment[]; change: (to: (list: Attachment[]) => Attachment[]) => void; busy: (busy: boolean) => void }) {
  const { send, failed, busy, bar } = useUpload(props.to, (one) => props.change((list) => [...list, one]));
  const choose = async (e: Event & { currentTarget: HTMLInputElement }) => {
    const file = e.currentTarget.files?.[0];
    e.currentTarget.value = "";
    if (!file) return;
    props.busy(true);
    await send(file.name.slice(-100), file);
    props.busy(false);
  };
  return (
    <>
      <Failure error={failed} />
      <ul>
        {props.have.map((one) => (
          <li key={one.id}>
            <Typed>{one.name}</Typed> · {kilobytes(one.size)}{" "}
            <Button kind="quiet" run={() => props.change((list) => list.filter((h) => h !== one))}>
              {t("common.form.take-away")}
            </Button>
          </li>
        ))}
      </ul>
      <Field label={t("common.messages.files")} help={t("common.messages.files-help")}>
        {(a) => <input {...a} type="file" accept={TYPES} disabled={busy || props.have.length >= FILES_MAX} onChange={choose} />}
      </Field>
      {bar}
    </>
  );
}

interface Writing {
  path: string;
  label: string;
  help?: string;
  button: string;
  files?: boolean;
  done: () => void;
}

/** A field to write in, that empties once the node has it. */
export function Write({ path, label, help, button, files, done }: Writing) {
  const [text, setText] = useState("");
  const [added, setAdded] = useState<Attachment[]>([]);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const send = async (e: Event) => {
    e.preventDefault();
    try {
      await post(path, added.length ? { text, files: added.map((one) => one.id) } : { text });
      setText("");
      setAdded([]);
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
      {files && <Files to={`${path}/files`} have={added} change={setAdded} busy={setBusy} />}
      <div class="buttons">
        <Button kind="quiet" disabled={busy}>
          {button}
        </Button>
      </div>
    </form>
  );
}

/** The newest last, as one reads a talk. files: the address under which those of the case lie. */
export function Messages({ list, part, files }: { list: Message[]; part: "common" | "desk"; files?: string }) {
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
          {m.files && (
            <ul>
              {m.files.map((one) => (
                <li key={one.id}>
                  <a href={`${files}/${one.id}`} download={one.name}>
                    <Typed>{one.name}</Typed>
                  </a>{" "}
                  · {kilobytes(one.size)}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}
