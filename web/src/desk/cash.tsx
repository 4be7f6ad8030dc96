// cash.tsx - the cash book: what came and was paid back, counted at the end of the day and closed by two officers
import { useState } from "preact/hooks";
import { amountOf } from "../base/amount";
import type { CashSheet as Sheet, ClosedDays, Drawer } from "../base/answers";
import { get, post, query } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { useSigning } from "../base/signing";
import { Button, Day, Field, Heading, Load, Moment, Notice, Pairs, Print, Table, Tag, Typed, useLoad } from "../base/ui";
import { money, number, t } from "../base/words";
import { CashCounted, Days, Totals } from "./counted";
import { ownMission } from "./mission";
import { Waiting } from "./proposals";

export function Cash(_: PageProps) {
  const mission = useLoad(ownMission, []);
  return (
    <>
      <Heading lead={t("desk.cash.lead")}>{t("desk.cash")}</Heading>
      <Load of={mission}>{(m) => m && <Book mission={m.code} />}</Load>
    </>
  );
}

function Book({ mission }: { mission: string }) {
  const day = new URLSearchParams(location.search).get("day") ?? undefined;
  const sheet = useLoad((signal) => get<Sheet>(`/v1/missions/${mission}/cash${query({ day })}`, { signal }), [mission, day]);
  const closings = useLoad((signal) => get<ClosedDays>(`/v1/missions/${mission}/cash/closings`, { signal }), [mission]);
  const again = () => {
    sheet.again();
    closings.again();
  };
  return (
    <>
      <Load of={sheet}>{(s) => <Page of={s} again={again} />}</Load>
      <Load of={closings}>
        {(c) => (
          <Table
            caption={t("desk.cash.closings")}
            name={`closings-${mission}`}
            empty={t("desk.cash.closings-none")}
            rows={c.closings}
            columns={[
              { label: t("desk.cash.day"), cell: (r) => <a href={`${to("/desk/cash")}?day=${r.day}`}><Days from={r.statement.from} day={r.day} /></a>, text: (r) => r.day },
              { label: t("desk.cash.closed-by"), cell: (r) => <Typed>{`${r.proposed_by}, ${r.confirmed_by}`}</Typed>, text: (r) => `${r.proposed_by}, ${r.confirmed_by}` },
              { label: t("desk.cash.counted"), cell: (r) => r.statement.cash.map((d) => money(d.counted, d.currency)).join(" · ") || t("common.none"), text: (r) => r.statement.cash.map((d) => money(d.counted, d.currency)).join(" "), end: true },
              {
                label: t("desk.cash.difference"),
                cell: (r) => r.statement.cash.filter((d) => d.difference).map((d) => <Tag kind="bad">{money(d.difference, d.currency)}</Tag>),
                text: (r) => r.statement.cash.map((d) => money(d.difference, d.currency)).join(" "),
                end: true,
              },
            ]}
          />
        )}
      </Load>
    </>
  );
}

function Page({ of, again }: { of: Sheet; again: () => void }) {
  const waits = of.proposals ?? [];
  return (
    <>
      <h2>
        <Days from={of.from} day={of.day} />
      </h2>
      {of.closing ? (
        <>
          <Notice kind="good" title={t("desk.cash.closed")}>
            <p>
              <Typed>{`${of.closing.proposed_by}, ${of.closing.confirmed_by}`}</Typed> · <Moment at={of.closing.at} />
            </p>
          </Notice>
          <CashCounted of={of.closing.statement} />
        </>
      ) : (
        <Totals list={of.totals} name={`cash-${of.day}`} />
      )}
      <Waiting list={waits} done={again} />
      {!of.closing && !waits.length && <Close of={of} done={again} />}
      <Movements of={of} />
      <div class="buttons">
        <Print quiet />
        {of.closing && (
          <a class="button quiet" href={to("/desk/cash")}>
            {t("desk.cash.open-days")}
          </a>
        )}
      </div>
    </>
  );
}

function Movements({ of }: { of: Sheet }) {
  return (
    <Table
      caption={t("desk.cash.movements")}
      name={`movements-${of.day}`}
      empty={t("desk.cash.none")}
      rows={of.movements}
      columns={[
        { label: t("desk.cash.number"), cell: (m) => number(m.number), text: (m) => m.number, end: true },
        { label: t("desk.cash.day"), cell: (m) => <Day on={m.day} both={false} />, text: (m) => m.day },
        { label: t("desk.cash.kind"), cell: (m) => t(`desk.cash.kind.${m.how}`), text: (m) => t(`desk.cash.kind.${m.how}`) },
        { label: t("common.transfer.amount"), cell: (m) => money(m.amount, m.currency), text: (m) => money(m.amount, m.currency), end: true },
        { label: t("desk.cash.reference"), cell: (m) => <Typed>{m.reference}</Typed>, text: (m) => m.reference },
        {
          label: t("desk.reference"),
          cell: (m) =>
            m.case ? (
              <a class="mono" href={to(`/desk/cases/${m.case}`)}>
                {m.case.slice(0, 8)}…{m.case.slice(-4)}
              </a>
            ) : (
              t("common.none")
            ),
          text: (m) => m.case ?? "",
        },
      ]}
    />
  );
}

interface Typing {
  counted: string;
  deposited: string;
  reason: string;
}

const NOTHING: Typing = { counted: "", deposited: "", reason: "" };

/** What the drawer holds, in each currency; the second officer then signs it. */
function Close({ of, done }: { of: Sheet; done: () => void }) {
  const [typed, setTyped] = useState<Record<string, Typing>>({});
  const { attempt, told } = useSigning(done);
  const set = (currency: string, part: Partial<Typing>) => setTyped((all) => ({ ...all, [currency]: { ...(all[currency] ?? NOTHING), ...part } }));
  const late = of.day > of.today;
  const counted = (d: Drawer) => amountOf(typed[d.currency]?.counted ?? "", d.currency);
  const deposited = (d: Drawer) => amountOf(typed[d.currency]?.deposited || "0", d.currency);
  const mistake = (text: string | undefined, amount: number | undefined) => (text && amount === undefined ? t("desk.cash.no-amount") : undefined);
  const close = (e: Event) => {
    e.preventDefault();
    if (of.cash.some((d) => counted(d) === undefined || deposited(d) === undefined)) return;
    const cash = of.cash.map((d) => {
      const row = typed[d.currency] ?? NOTHING;
      return { currency: d.currency, counted: counted(d), deposited: deposited(d), ...(row.reason ? { reason: row.reason } : {}) };
    });
    void attempt(() => post(`/v1/missions/${of.mission}/cash/closings`, { day: of.day, cash }));
  };
  if (late) return <Notice kind="info" title={t("desk.cash.later")} />;
  return (
    <section class="card no-print">
      <h2>{t("desk.cash.close")}</h2>
      <p class="help">{t("desk.cash.close-help")}</p>
      {told}
      <form onSubmit={close}>
        {of.cash.map((d) => {
          const c = counted(d);
          return (
            <fieldset key={d.currency}>
              <legend>{d.currency}</legend>
              <Pairs list={[[t("desk.cash.expected"), money(d.expected, d.currency)]]} />
              <Field label={t("desk.cash.counted-in", { currency: d.currency })} error={mistake(typed[d.currency]?.counted, c)}>{(f) => <input {...f} dir="ltr" inputMode="decimal" required autocomplete="off" value={typed[d.currency]?.counted ?? ""} onInput={(e) => set(d.currency, { counted: e.currentTarget.value })} />}</Field>
              {c !== undefined && c !== d.expected && (
                <Field label={t("desk.cash.why", { amount: money(c - d.expected, d.currency) })}>{(f) => <input {...f} required maxLength={500} value={typed[d.currency]?.reason ?? ""} onInput={(e) => set(d.currency, { reason: e.currentTarget.value })} />}</Field>
              )}
              <Field label={t("desk.cash.deposited-in", { currency: d.currency })} help={t("desk.cash.deposited-help")} error={mistake(typed[d.currency]?.deposited, deposited(d))}>
                {(f) => <input {...f} dir="ltr" inputMode="decimal" autocomplete="off" value={typed[d.currency]?.deposited ?? ""} onInput={(e) => set(d.currency, { deposited: e.currentTarget.value })} />}
              </Field>
            </fieldset>
          );
        })}
        <div class="buttons">
          <Button>{t("desk.cash.propose")}</Button>
        </div>
      </form>
    </section>
  );
}
