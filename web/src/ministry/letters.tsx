// letters.tsx - what went over the line to a state and came from it: what each is, how it stands, its proof
import { useState } from "preact/hooks";
import type { Dispatch, DispatchFile, DispatchList } from "../base/answers";
import { get } from "../base/api";
import { Button, Failure, Load, Moment, Pairs, Table, Tag, Typed, useLoad } from "../base/ui";
import { t } from "../base/words";
import { worded } from "./host";

const kind = (d: Dispatch) => worded(`ministry.kind.${d.kind}`, d.kind);
const state = (d: Dispatch) => worded(`ministry.letter.${d.state}`, d.state);

/** A question of either side that has no answer yet. */
export const isOpen = (d: Dispatch) => d.kind === "query" && d.state !== "answered" && d.state !== "refused";

const shown = ["subject", "text", "number", "seal", "status", "name"];

function Letter({ of, close }: { of: Dispatch; close: () => void }) {
  const opened = useLoad((signal) => get<DispatchFile>(`/v1/dispatches/${of.id}`, { signal }), [of.id]);
  return (
    <section class="card" aria-label={kind(of)}>
      <Load of={opened}>
        {({ content }) => (
          <Pairs
            list={[
              [t("ministry.what"), kind(of)],
              [t("common.when"), <Moment at={of.at} />],
              ...shown.filter((k) => typeof content?.[k] === "string").map((k): [string, preact.JSX.Element] => [t(`ministry.letter-part.${k}`), <span class="prose"><Typed>{content?.[k] as string}</Typed></span>]),
            ]}
          />
        )}
      </Load>
      <Button kind="quiet" run={close}>
        {t("ministry.close-letter")}
      </Button>
    </section>
  );
}

export function Letters({ code }: { code: string }) {
  const list = useLoad((signal) => get<DispatchList>(`/v1/partners/${code}/dispatches`, { signal }), [code]);
  const [open, setOpen] = useState<Dispatch>();
  if (list.error) return <Failure error={list.error} />;
  return (
    <>
      <Table
        caption={t("ministry.letters")}
        name={`letters-${code}`}
        rows={list.data?.dispatches ?? []}
        columns={[
          { label: t("common.when"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
          { label: t("ministry.direction"), cell: (r) => t(r.direction === "sent" ? "ministry.sent" : "ministry.came"), text: (r) => t(r.direction === "sent" ? "ministry.sent" : "ministry.came") },
          { label: t("ministry.what"), cell: (r) => <>{kind(r)} {isOpen(r) && <Tag kind="warn">{t("ministry.open-question")}</Tag>}</>, text: kind },
          { label: t("ministry.state"), cell: state, text: state },
          {
            label: t("ministry.read"),
            cell: (r) => (
              <Button kind="quiet" run={() => setOpen(r)}>
                {t("ministry.read")}
              </Button>
            ),
          },
          {
            label: t("ministry.proof"),
            cell: (r) =>
              r.index !== undefined && (
                <a href={`/v1/dispatches/${r.id}/evidence`} download={`${r.id}.proof`}>
                  {t("ministry.proof")}
                </a>
              ),
          },
        ]}
      />
      {open && <Letter key={open.id} of={open} close={() => setOpen(undefined)} />}
    </>
  );
}
