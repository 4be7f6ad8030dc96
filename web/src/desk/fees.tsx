// fees.tsx - the mission's account, what the bank says came to it, and receipts for what came to the counter
import { useState } from "preact/hooks";
import type { Account, AccountPage, BankEntry as Entry, BankEntryList, StatementTaken } from "../base/answers";
import { get, post, upload } from "../base/api";
import type { CaseFile } from "../base/model";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { useSigning } from "../base/signing";
import { grouped } from "../base/transfer";
import { Button, Day, Failure, Field, Heading, Load, Moment, Notice, Pairs, Print, Table, Tag, Typed, useLoad } from "../base/ui";
import { inWords, language, money, t } from "../base/words";
import { ownMission } from "./mission";
import { Waiting, type RepaymentSaid } from "./proposals";

export function Fees(_: PageProps) {
  const mission = useLoad(ownMission, []);
  return (
    <>
      <Heading lead={t("desk.fees.lead")}>{t("desk.fees")}</Heading>
      <Load of={mission}>{(m) => m && <Of mission={m.code} />}</Load>
    </>
  );
}

function Of({ mission }: { mission: string }) {
  const account = useLoad((signal) => get<AccountPage>(`/v1/missions/${mission}/account`, { signal }), [mission]);
  const entries = useLoad((signal) => get<BankEntryList>(`/v1/missions/${mission}/entries`, { signal }), [mission]);
  return (
    <>
      <Load of={account}>
        {(a) => (
          <>
            <BankAccount key={a.account?.iban} mission={mission} account={a.account} done={account.again} />
            <Waiting list={a.proposals} done={account.again} />
          </>
        )}
      </Load>
      <Statement mission={mission} done={entries.again} />
      <Load of={entries}>
        {(e) => (
          <>
            <Waiting list={e.proposals} done={entries.again} />
            <Entries mission={mission} list={e.entries} proposed={e.proposals.map((p) => (JSON.parse(p.statement) as RepaymentSaid).id)} done={entries.again} />
          </>
        )}
      </Load>
    </>
  );
}

export function BankAccount({ mission, account, done }: { mission: string; account: Account | undefined; done: () => void }) {
  const [a, setA] = useState({ holder: "", iban: "", bic: "", bank: "", ...account });
  const [failed, setFailed] = useState<unknown>();
  const save = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      await post(`/v1/missions/${mission}/account`, Object.fromEntries(Object.entries(a).filter(([, v]) => v)));
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <section class="card">
      <h2>{t("desk.fees.account")}</h2>
      {account ? (
        <Pairs
          list={[
            [t("common.transfer.holder"), <Typed>{account.holder}</Typed>],
            [
              t("common.transfer.iban"),
              <span class="mono" dir="ltr">
                {grouped(account.iban)}
              </span>,
            ],
          ]}
        />
      ) : (
        <Notice kind="warn" title={t("desk.fees.no-account")} />
      )}
      <details>
        <summary>{t("desk.fees.account-set")}</summary>
        <form onSubmit={save}>
          <p class="help">{t("desk.fees.account-help")}</p>
          <Failure error={failed} />
          {(["holder", "iban", "bic", "bank"] as const).map((name) => (
            <Field key={name} label={t(`common.transfer.${name}`)}>
              {(f) => <input {...f} dir={name === "iban" || name === "bic" ? "ltr" : "auto"} required={name === "holder" || name === "iban"} maxLength={name === "bank" ? 100 : 42} autocomplete="off" value={a[name]} onInput={(e) => setA({ ...a, [name]: e.currentTarget.value })} />}
            </Field>
          ))}
          <div class="buttons">
            <Button>{t("desk.proposals.propose")}</Button>
          </div>
        </form>
      </details>
    </section>
  );
}

function Statement({ mission, done }: { mission: string; done: () => void }) {
  const [taken, setTaken] = useState<StatementTaken>();
  const [failed, setFailed] = useState<unknown>();
  const send = async (e: Event & { currentTarget: HTMLInputElement }) => {
    const field = e.currentTarget;
    const file = field.files?.[0];
    if (!file) return;
    setFailed(undefined);
    setTaken(undefined);
    try {
      setTaken(await upload<StatementTaken>(`/v1/missions/${mission}/statements`, file, () => undefined));
      done();
      setTimeout(done, 1500); // the node counts what matched towards its cases a moment later
    } catch (error) {
      setFailed(error);
    } finally {
      field.value = "";
    }
  };
  return (
    <section class="card">
      <h2>{t("desk.fees.statement")}</h2>
      <Failure error={failed} />
      {taken && (
        <Notice kind="good" title={t("desk.fees.taken")}>
          <Pairs list={(["matched", "unknown", "known", "left_out"] as const).map((k) => [t(`desk.fees.taken.${k}`), taken[k]])} />
        </Notice>
      )}
      <Field label={t("desk.fees.file")} help={t("desk.fees.file-help")}>
        {(a) => <input {...a} type="file" accept=".xml,application/xml,text/xml" onChange={send} />}
      </Field>
    </section>
  );
}

const KINDS: Record<Entry["state"], string> = { matched: "", paid: "good", partial: "warn", over: "warn", repaid: "", unknown: "bad" };

interface Listed {
  mission: string;
  list: Entry[];
  /** Those that are proposed to be paid back. */
  proposed: string[];
  done: () => void;
}

function Entries({ mission, list, proposed, done }: Listed) {
  return (
    <Table
      caption={t("desk.fees.entries")}
      name="entries"
      empty={t("desk.fees.entries-empty")}
      rows={list}
      columns={[
        { label: t("desk.fees.day"), cell: (e) => <Day on={e.day} both={false} />, text: (e) => e.day },
        { label: t("common.transfer.amount"), cell: (e) => money(e.amount, e.currency), text: (e) => `${money(e.amount, e.currency)}`, end: true },
        {
          label: t("desk.fees.state"),
          cell: (e) => (
            <>
              <Tag kind={KINDS[e.state]}>{t(`desk.fees.state.${e.state}`)}</Tag> {e.state === "over" && e.surplus ? t("desk.fees.surplus", { amount: money(e.surplus, e.currency) }) : null}
              {proposed.includes(e.id) ? <p>{t("desk.proposals.waits")}</p> : (e.state === "over" || e.state === "unknown") && <Repay mission={mission} entry={e} done={done} />}
            </>
          ),
          text: (e) => t(`desk.fees.state.${e.state}`),
        },
        { label: t("desk.fees.payer"), cell: (e) => <Typed>{[e.told.payer, e.told.text].filter(Boolean).join(" · ") || t("common.none")}</Typed>, text: (e) => e.told.payer ?? "" },
        { label: t("desk.fees.bank-reference"), cell: (e) => <Typed>{e.entry}</Typed>, text: (e) => e.entry },
        {
          label: t("desk.reference"),
          cell: (e) =>
            e.case ? (
              <a class="mono" href={to(`/desk/cases/${e.case}`)}>
                {e.case.slice(0, 8)}…{e.case.slice(-4)}
              </a>
            ) : e.state === "repaid" ? (
              t("common.none")
            ) : (
              <Assign mission={mission} entry={e} done={done} />
            ),
          text: (e) => e.case ?? "",
        },
      ]}
    />
  );
}

/** Money whose reference says nothing: an officer says for which case it is. */
function Assign({ mission, entry, done }: { mission: string; entry: Entry; done: () => void }) {
  const [file, setFile] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const assign = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      await post(`/v1/missions/${mission}/entries/${entry.id}/assign`, { case: file.trim() });
      setTimeout(done, 800);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <form onSubmit={assign}>
      <Failure error={failed} />
      <Field label={t("desk.fees.assign-case")}>{(a) => <input {...a} dir="ltr" class="mono" required pattern="[0-9a-f\-]{36}" autocomplete="off" value={file} onInput={(e) => setFile(e.currentTarget.value)} />}</Field>
      <Button kind="quiet">{t("desk.fees.assign")}</Button>
    </form>
  );
}

/** What was too much, or is for nobody, goes back to who paid it, once another officer signs. */
function Repay({ mission, entry, done }: { mission: string; entry: Entry; done: () => void }) {
  const [how, setHow] = useState("transfer");
  const [reference, setReference] = useState("");
  const { attempt, told } = useSigning(done);
  const repay = (e: Event) => {
    e.preventDefault();
    void attempt(() => post(`/v1/missions/${mission}/entries/${entry.id}/repayment`, { how, reference }));
  };
  return (
    <details>
      <summary>{t("desk.fees.repay")}</summary>
      <form onSubmit={repay}>
        {told}
        <Field label={t("desk.fees.repay-how")}>
          {(f) => (
            <select {...f} value={how} onChange={(e) => setHow(e.currentTarget.value)}>
              {["transfer", "cash"].map((h) => (
                <option key={h} value={h}>
                  {t(`common.how.${h}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("desk.fees.repay-reference")}>{(f) => <input {...f} required pattern=".*\S.*" maxLength={120} autocomplete="off" value={reference} onInput={(e) => setReference(e.currentTarget.value)} />}</Field>
        <Button kind="quiet">{t("desk.fees.repay-do", { amount: money(entry.state === "over" ? (entry.surplus ?? 0) : entry.amount, entry.currency) })}</Button>
      </form>
    </details>
  );
}

/** One page to print, with the number that the mission's receipts count. */
export function PaymentReceipt({ params }: PageProps) {
  const id = params["id"] ?? "";
  const file = useLoad((signal) => get<CaseFile>(`/v1/desk/cases/${id}?language=${language}`, { signal }), [id]);
  const mission = useLoad(ownMission, []);
  return (
    <Load of={file}>
      {(f) => {
        const p = f.payments?.find((x) => x.receipt === params["receipt"]);
        if (!p) return <Notice kind="bad" title={t("common.missing")} />;
        return (
          <article class="receipt">
            <Heading lead={mission.data && inWords(mission.data.name)}>{t("desk.fees.receipt")}</Heading>
            <Pairs
              list={[
                [t("common.payments.receipt"), <strong class="mono">{p.receipt}</strong>],
                [t("common.payments.at"), <Moment at={p.at} />],
                [t("common.payments.amount"), <strong>{money(p.amount, p.currency)}</strong>],
                [t("common.payments.how"), t(`common.how.${p.how}`)],
                [t("desk.reference"), <span class="mono">{f.id}</span>],
              ]}
            />
            <div class="buttons">
              <Print />
              <a class="button quiet" href={to(`/desk/cases/${f.id}`)}>
                {t("desk.counter.to-case")}
              </a>
            </div>
          </article>
        );
      }}
    </Load>
  );
}
