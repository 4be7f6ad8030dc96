// uploads.tsx - documents to bring: photographed or chosen, made smaller, sent with a bar that shows how far
import { useEffect, useRef, useState } from "preact/hooks";
import type { File as Taken } from "./answers";
import { Problem, query, Unreached, upload } from "./api";
import { Button, Failure, Typed } from "./ui";
import { number, t } from "./words";
import type { Attachment, Named } from "./model";
import { reduced } from "./picture";

export const TYPES = "image/jpeg,image/png,image/heic,image/webp,application/pdf";
const RETRY_MS = 4000;

interface Sending {
  name: string;
  share: number;
  waiting: boolean;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Sends one file after another; taken has what the node calls it. The bar stands where one puts it. */
export function useUpload(to: string, taken: (file: Attachment) => void) {
  const [sending, setSending] = useState<Sending>();
  const [failed, setFailed] = useState<unknown>();
  const stop = useRef<AbortController>();
  useEffect(() => () => stop.current?.abort(), []);

  /** A lost line is waited for; the node takes a file whole or not at all. */
  async function send(name: string, file: File) {
    const control = (stop.current = new AbortController());
    setFailed(undefined);
    const bytes = await reduced(file);
    for (;;) {
      try {
        setSending({ name, share: 0, waiting: false });
        const one = await upload<Taken>(`${to}${query({ name })}`, bytes, (share) => setSending({ name, share, waiting: false }), control.signal);
        taken({ ...one, name });
        break;
      } catch (error) {
        if (control.signal.aborted) break;
        if (!(error instanceof Unreached)) {
          setFailed(error instanceof Problem ? error : undefined);
          break;
        }
        setSending({ name, share: 0, waiting: true });
        await pause(RETRY_MS);
      }
    }
    setSending(undefined);
  }

  const bar = sending && (
    <div role="status">
      <p>
        {t(sending.waiting ? "common.form.upload-waits" : "common.form.uploading")} <Typed>{sending.name}</Typed>
      </p>
      <progress max={1} value={sending.share} aria-label={t("common.form.uploading")} />
      <Button kind="quiet" run={() => stop.current?.abort()}>
        {t("common.cancel")}
      </Button>
    </div>
  );
  return { send, failed, busy: !!sending, bar };
}

export const kilobytes = (size: number) => t("common.form.size", { kb: number(Math.max(1, Math.round(size / 1000))) });

export function Uploads(props: { to: string; asked: Named[]; have: Attachment[]; changed: () => void }) {
  const { send, failed, busy, bar } = useUpload(props.to, props.changed);
  const choose = (id: string) => (e: Event & { currentTarget: HTMLInputElement }) => {
    const file = e.currentTarget.files?.[0];
    e.currentTarget.value = "";
    if (file) void send(`${id}: ${file.name}`.slice(0, 100), file);
  };
  const of = (id: string) => props.have.filter((h) => h.name.startsWith(`${id}: `));
  return (
    <>
      <Failure error={failed} />
      {props.asked.map((d) => (
        <div class="card" key={d.id}>
          <label for={`file-${d.id}`}>
            <strong>{d.text}</strong>
          </label>
          <ul>
            {of(d.id).map((h) => (
              <li key={h.id}>
                <Typed>{h.name.slice(d.id.length + 2)}</Typed> · {kilobytes(h.size)}
              </li>
            ))}
          </ul>
          <input id={`file-${d.id}`} type="file" accept={TYPES} disabled={busy} onChange={choose(d.id)} />
        </div>
      ))}
      {bar}
    </>
  );
}
