// counted.tsx - a closing of the cash book: what the drawer should hold, what it held, and why not
import type { CashStatement, CashTotal as Total } from "../base/answers";
import { Day, Table, Tag, Typed } from "../base/ui";
import { money, number, t } from "../base/words";

export function Days({ from, day }: { from: string; day: string }) {
  return from === day ? (
    <Day on={day} />
  ) : (
    <>
      <Day on={from} both={false} /> – <Day on={day} both={false} />
    </>
  );
}

export function Totals({ list, name }: { list: Total[]; name: string }) {
  return (
    <Table
      caption={t("desk.cash.totals")}
      name={name}
      empty={t("desk.cash.none")}
      rows={list}
      columns={[
        { label: t("desk.cash.kind"), cell: (r) => t(`desk.cash.kind.${r.how}`), text: (r) => t(`desk.cash.kind.${r.how}`) },
        { label: t("desk.cash.n"), cell: (r) => number(r.n), text: (r) => r.n, end: true },
        { label: t("desk.cash.in"), cell: (r) => money(r.in, r.currency), text: (r) => money(r.in, r.currency), end: true },
        { label: t("desk.cash.out"), cell: (r) => money(r.out, r.currency), text: (r) => money(r.out, r.currency), end: true },
      ]}
    />
  );
}

export function CashCounted({ of }: { of: CashStatement }) {
  return (
    <>
      <p>
        <Days from={of.from} day={of.day} />
      </p>
      <Totals list={of.totals} name={`cash-${of.day}`} />
      <Table
        caption={t("desk.cash.drawer")}
        name={`drawer-${of.day}`}
        empty={t("desk.cash.no-cash")}
        rows={of.cash}
        columns={[
          { label: t("desk.cash.currency"), cell: (r) => r.currency, text: (r) => r.currency },
          { label: t("desk.cash.carried"), cell: (r) => money(r.carried, r.currency), text: (r) => money(r.carried, r.currency), end: true },
          { label: t("desk.cash.expected"), cell: (r) => money(r.expected, r.currency), text: (r) => money(r.expected, r.currency), end: true },
          { label: t("desk.cash.counted"), cell: (r) => money(r.counted, r.currency), text: (r) => money(r.counted, r.currency), end: true },
          { label: t("desk.cash.difference"), cell: (r) => (r.difference ? <Tag kind="bad">{money(r.difference, r.currency)}</Tag> : money(0, r.currency)), text: (r) => money(r.difference, r.currency), end: true },
          { label: t("desk.cash.reason"), cell: (r) => <Typed>{r.reason ?? t("common.none")}</Typed>, text: (r) => r.reason ?? "" },
          { label: t("desk.cash.deposited"), cell: (r) => money(r.deposited, r.currency), text: (r) => money(r.deposited, r.currency), end: true },
        ]}
      />
    </>
  );
}
