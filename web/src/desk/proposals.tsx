// proposals.tsx - what a mission decides with two officers: the second one sees it in words and signs it with a passkey
import type { ComponentChildren } from "preact";
import type { Account, CashStatement, CountStatement, Proposal, ProposalList } from "../base/answers";
import { get, post } from "../base/api";
import { signed } from "../base/passkey";
import { to, type PageProps } from "../base/router";
import { useSigning } from "../base/signing";
import { grouped } from "../base/transfer";
import { Button, Heading, Load, Moment, Notice, Pairs, Typed, useLoad } from "../base/ui";
import { inWords, money, t } from "../base/words";
import { CashCounted } from "./counted";
import { missionNames } from "./mission";
import { CountShown, SpoiltShown } from "./stock";

/** What two officers sign of money that goes back. */
export interface RepaymentSaid {
  id: string;
  entry: string;
  amount: number;
  currency: string;
  how: string;
  reference: string;
  case?: string;
}

/** All that waits for whoever is signed in, of their own post and of those whose second officers they are. */
export function Proposals(_: PageProps) {
  const all = useLoad((signal) => get<ProposalList>("/v1/proposals", { signal }), []);
  return (
    <>
      <Heading lead={t("desk.proposals.lead")}>{t("desk.proposals")}</Heading>
      <Load of={all}>{({ proposals }) => (proposals.length ? <Waiting list={proposals} done={all.again} /> : <p class="empty">{t("desk.proposals.none")}</p>)}</Load>
    </>
  );
}

export function Waiting({ list, done }: { list: Proposal[]; done: () => void }) {
  const names = useLoad(missionNames, []);
  return (
    <>
      {list.map((p) => (
        <One key={p.id} of={p} where={inWords(names.data?.[p.mission]) || p.mission} done={done} />
      ))}
    </>
  );
}

function One({ of, where, done }: { of: Proposal; where: string; done: () => void }) {
  const { attempt, told } = useSigning(done);
  return (
    <section class="card proposal">
      <h2>
        {t(`desk.proposals.what.${of.what}`)} · {where}
      </h2>
      <Notice kind="info" title={t("desk.proposals.waits")}>
        <p>
          <Typed>{of.by}</Typed> · <Moment at={of.proposed} />
        </p>
      </Notice>
      {told}
      {inWordsOf(of)}
      <div class="buttons">
        {!of.mine && <Button run={() => attempt(async () => post(`/v1/proposals/${of.id}/${of.what}`, { signature: await signed(of.statement) }))}>{t("desk.proposals.sign")}</Button>}
        <Button kind="quiet" run={() => attempt(() => post(`/v1/proposals/${of.id}/drop`))}>
          {t(of.mine ? "desk.proposals.take-back" : "desk.proposals.turn-down")}
        </Button>
      </div>
    </section>
  );
}

/** What is signed, as people read it. */
function inWordsOf(p: Proposal): ComponentChildren {
  const said: unknown = JSON.parse(p.statement);
  switch (p.what) {
    case "account":
      return <AccountPairs of={(said as { account: Account }).account} />;
    case "cash":
      return <CashCounted of={said as CashStatement} />;
    case "repayment":
      return <RepaymentPairs of={said as RepaymentSaid} />;
    case "spoilt":
      return <SpoiltShown of={said as { kind: string; number: string; reason: string }} />;
    case "count":
      return <CountShown of={said as CountStatement} />;
  }
}

function RepaymentPairs({ of }: { of: RepaymentSaid }) {
  return (
    <Pairs
      list={[
        [t("common.transfer.amount"), <strong>{money(of.amount, of.currency)}</strong>],
        [t("desk.fees.repay-how"), t(`common.how.${of.how}`)],
        [t("desk.fees.repay-reference"), <Typed>{of.reference}</Typed>],
        [t("desk.fees.bank-reference"), <Typed>{of.entry}</Typed>],
        [
          t("desk.reference"),
          of.case ? (
            <a class="mono" href={to(`/desk/cases/${of.case}`)}>
              {of.case}
            </a>
          ) : (
            t("desk.fees.for-nobody")
          ),
        ],
      ]}
    />
  );
}

export function AccountPairs({ of }: { of: Account }) {
  return (
    <Pairs
      list={[
        [t("common.transfer.holder"), <Typed>{of.holder}</Typed>],
        [
          t("common.transfer.iban"),
          <span class="mono" dir="ltr">
            {grouped(of.iban)}
          </span>,
        ],
        of.bic && [
          t("common.transfer.bic"),
          <span class="mono" dir="ltr">
            {of.bic}
          </span>,
        ],
        of.bank && [t("common.transfer.bank"), <Typed>{of.bank}</Typed>],
      ]}
    />
  );
}
