// passkeys.tsx - the passkeys that somebody has: when each came and was last used, called otherwise, taken away
import { useEffect, useRef, useState } from "preact/hooks";
import type { Passkey } from "./answers";
import { del, put } from "./api";
import { Button, Failure, Field, Moment, Table, Typed } from "./ui";
import { t } from "./words";

interface Props {
  /** The address below which each of them is. */
  at: string;
  caption: string;
  empty: string;
  list: Passkey[];
  /** Whoever came by a code alone looks and changes nothing. */
  change: boolean;
  again: () => void;
}

export function PasskeyTable({ at, caption, empty, list, change, again }: Props) {
  const [renamed, setRenamed] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const attempt = async (act: () => Promise<unknown>) => {
    setFailed(undefined);
    try {
      await act();
      setRenamed("");
      again();
    } catch (error) {
      setFailed(error);
    }
  };
  const chosen = list.find((r) => r.id === renamed);
  return (
    <>
      <Failure error={failed} />
      <Table
        caption={caption}
        rows={list}
        empty={empty}
        columns={[
          { label: t("common.passkey.name"), cell: (r) => <Typed>{r.name}</Typed> },
          { label: t("common.passkey.added"), cell: (r) => <Moment at={r.added} /> },
          { label: t("common.passkey.used"), cell: (r) => (r.used ? <Moment at={r.used} /> : t("common.none")) },
          {
            label: t("common.passkey.change"),
            cell: (r) =>
              change && (
                <div class="buttons">
                  <Button kind="quiet" run={() => setRenamed(r.id)} aria-expanded={r.id === renamed}>
                    {t("common.passkey.rename")}
                  </Button>
                  <Button kind="quiet" run={() => attempt(() => del(`${at}/${r.id}`))}>
                    {t("common.passkey.remove")}
                  </Button>
                </div>
              ),
          },
        ]}
      />
      {chosen && <Rename key={chosen.id} of={chosen} run={(name) => attempt(() => put(`${at}/${chosen.id}`, { name }))} leave={() => setRenamed("")} />}
    </>
  );
}

function Rename({ of, run, leave }: { of: Passkey; run: (name: string) => Promise<void>; leave: () => void }) {
  const [name, setName] = useState(of.name);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const send = async (e: Event) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    await run(name);
    setBusy(false);
  };
  return (
    <form class="card" onSubmit={send}>
      <Field label={t("common.passkey.new-name", { name: of.name })}>
        {(a) => <input {...a} ref={field} required pattern=".*\S.*" dir="auto" maxLength={60} value={name} onInput={(e) => setName(e.currentTarget.value)} onKeyDown={(e) => e.key === "Escape" && leave()} />}
      </Field>
      <div class="buttons">
        <Button aria-busy={busy}>{t("common.passkey.save")}</Button>
        <Button kind="quiet" run={leave}>
          {t("common.passkey.leave")}
        </Button>
      </div>
    </form>
  );
}
