// closings.tsx - how relations with a state ended or were interrupted, as both sides say it
import type { ChannelClosing as Closing, ClosingSide as Side } from "../base/answers";
import { Moment, Table, Tag } from "../base/ui";
import { number, t } from "../base/words";

const counts = (side?: Side) => (side ? t("ministry.closing.counts", { sent: number(side.sent), received: number(side.received) }) : "–");

function Proof({ side, name, label }: { side?: Side | undefined; name: string; label: string }) {
  if (!side?.proof) return null;
  return (
    <a href={`data:text/plain;charset=utf-8,${encodeURIComponent(side.proof)}`} download={name}>
      {label}
    </a>
  );
}

export function Closings({ list, code, nameOf }: { list: Closing[]; code: string; nameOf: (state: string) => string }) {
  if (list.length === 0) return null;
  return (
    <Table
      caption={t("ministry.closings")}
      name={`closings-${code}`}
      rows={list}
      columns={[
        { label: t("common.when"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
        { label: t("ministry.closing.by"), cell: (r) => nameOf(r.by), text: (r) => r.by },
        { label: t("ministry.standing"), cell: (r) => t(`ministry.standing.${r.standing}`), text: (r) => r.standing },
        { label: t("ministry.closing.said"), cell: (r) => <Tag kind={r.closed === "both" ? "good" : "warn"}>{t(`ministry.closing.${r.closed}`)}</Tag>, text: (r) => r.closed },
        { label: t("ministry.closing.ours"), cell: (r) => counts(r.ours), text: (r) => counts(r.ours) },
        { label: t("ministry.closing.theirs"), cell: (r) => counts(r.theirs), text: (r) => counts(r.theirs) },
        {
          label: t("ministry.proof"),
          cell: (r) => (
            <>
              <Proof side={r.ours} name={`${code}-ours.proof`} label={t("ministry.closing.ours")} /> <Proof side={r.theirs} name={`${code}-theirs.proof`} label={t("ministry.closing.theirs")} />
            </>
          ),
        },
      ]}
    />
  );
}
