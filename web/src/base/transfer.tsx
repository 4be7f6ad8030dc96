// transfer.tsx - how a fee is paid by bank transfer, and what was paid
import { useState } from "preact/hooks";
import type { FeeOrder, PaymentPage } from "./answers";
import { post } from "./api";
import type { CaseFile } from "./model";
import { Button, Failure, Moment, Notice, Pairs, Print, Table, Typed } from "./ui";
import { language, money, t } from "./words";

/** In groups of four, as it is read aloud. */
export function grouped(text: string): string {
  return text.replace(/(.{4})(?=.)/g, "$1 ");
}

/** The same order each time: a case has one reference. */
export function Transfer({ file, at, online }: { file: CaseFile; at: string; online?: boolean }) {
  const [order, setOrder] = useState<FeeOrder>();
  const [failed, setFailed] = useState<unknown>();
  const ask = async () => {
    setFailed(undefined);
    try {
      setOrder(await post<FeeOrder>(`${at}/${file.id}/fee-order`));
    } catch (error) {
      setFailed(error);
    }
  };
  const pay = async () => {
    try {
      location.assign((await post<PaymentPage>(`${at}/${file.id}/fee-page?language=${language}`)).url);
    } catch (error) {
      setFailed(error);
    }
  };
  if (!(file.fee && file.fee.owed > 0)) return null;
  return (
    <section class="card">
      <h2>{t("common.transfer")}</h2>
      <Failure error={failed} />
      {!order && (
        <div class="buttons">
          <Button kind="quiet" run={ask}>
            {t("common.transfer.ask")}
          </Button>
        </div>
      )}
      {order?.page && online && (
        <div class="buttons">
          <Button run={pay}>{t("common.transfer.online")}</Button>
        </div>
      )}
      {order && !order.account && <Notice kind="warn" title={t("common.transfer.no-account")} />}
      {order?.account && (
        <>
          <p>{t("common.transfer.help")}</p>
          <Pairs
            list={[
              [t("common.transfer.amount"), <strong>{money(order.amount, order.currency)}</strong>],
              [
                t("common.transfer.reference"),
                <strong class="mono" dir="ltr">
                  {grouped(order.reference)}
                </strong>,
              ],
              [t("common.transfer.holder"), <Typed>{order.account.holder}</Typed>],
              [
                t("common.transfer.iban"),
                <span class="mono" dir="ltr">
                  {grouped(order.account.iban)}
                </span>,
              ],
              order.account.bic && [t("common.transfer.bic"), <span class="mono">{order.account.bic}</span>],
              order.account.bank && [t("common.transfer.bank"), <Typed>{order.account.bank}</Typed>],
            ]}
          />
          <div class="buttons">
            <Print quiet />
          </div>
        </>
      )}
    </section>
  );
}

/** What was paid, and what went back of it. */
export function Payments({ file, receipt }: { file: CaseFile; receipt?: (number: string) => preact.ComponentChildren }) {
  const back = file.steps.flatMap((s) => (s.note?.repayment ? [{ at: s.at, ...s.note.repayment }] : []));
  return (
    <>
      {!!file.payments?.length && (
        <Table
          caption={t("common.payments")}
          rows={file.payments}
          columns={[
            { label: t("common.payments.at"), cell: (p) => <Moment at={p.at} /> },
            { label: t("common.payments.how"), cell: (p) => t(`common.how.${p.how}`) },
            { label: t("common.payments.amount"), cell: (p) => money(p.amount, p.currency), end: true },
            { label: t("common.payments.receipt"), cell: (p) => (p.receipt ? (receipt?.(p.receipt) ?? <span class="mono">{p.receipt}</span>) : t("common.none")) },
          ]}
        />
      )}
      {!!back.length && (
        <Table
          caption={t("common.repayments")}
          rows={back}
          columns={[
            { label: t("common.payments.at"), cell: (p) => <Moment at={p.at} /> },
            { label: t("common.payments.how"), cell: (p) => t(`common.how.${p.how}`) },
            { label: t("common.payments.amount"), cell: (p) => money(p.amount, p.currency), end: true },
            { label: t("common.repayments.reference"), cell: (p) => <Typed>{p.reference}</Typed> },
          ]}
        />
      )}
    </>
  );
}
