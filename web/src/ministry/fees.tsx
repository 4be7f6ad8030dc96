// fees.tsx - what a service costs, changed in a form: each amount beside the one in force, the examples that follow, and
// two officers
import { useState } from "preact/hooks";
import { amountOf } from "../base/amount";
import type { FeeAmount, PackageFees, PackageList, PackageTaken } from "../base/answers";
import { get, post } from "../base/api";
import { type ServiceForm, wordsOf } from "../base/model";
import { signed } from "../base/passkey";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { useSigning } from "../base/signing";
import { Button, Field, Heading, Load, Notice, Table, useLoad } from "../base/ui";
import { currencyDigits, language, languageName, money, t } from "../base/words";
import { countryIn, whenIn } from "./conditions";
import { statementOf } from "./packages";

const formOf = (name: string, signal: AbortSignal) => get<ServiceForm>(`/v1/services/${name}?language=${language}`, { signal });

/** What an amount is for, in the words of the service. */
function nameOf(m: FeeAmount, form: ServiceForm): string {
  const item = m.label ? wordsOf(form)[m.label] : undefined;
  return [item, m.key && countryIn(m.key), whenIn(m.when, form)].filter(Boolean).join(" · ") || t("ministry.fee-itself");
}

/** As it is typed: a plain decimal of as many digits as the currency has. */
const plain = (amount: number, currency: string) => (amount / 10 ** currencyDigits(currency)).toFixed(currencyDigits(currency));

interface Typed {
  amounts: Record<string, string>;
  words: Record<string, string>;
}

interface Changed {
  amounts: { at: string; amount: number }[];
  words?: Record<string, string>;
}

/** What was typed otherwise than it is; undefined where an amount is none. */
function changedOf(fees: PackageFees, currency: string, typed: Typed): Changed | undefined {
  const read = Object.entries(typed.amounts).map(([at, text]) => ({ at, amount: amountOf(text, currency) }));
  if (read.some((m) => m.amount === undefined)) return undefined;
  const amounts = read.filter((m): m is { at: string; amount: number } => fees.amounts.some((f) => f.at === m.at && f.amount !== m.amount));
  const words = Object.entries(typed.words).filter(([l, text]) => text.trim() && text !== fees.words[l]);
  return { amounts, ...(words.length ? { words: Object.fromEntries(words) } : {}) };
}

export function FeesPage({ params }: PageProps) {
  const id = params["package"] ?? "";
  const loaded = useLoad(
    async (signal) => {
      const fees = await get<PackageFees>(`/v1/packages/${id}/fees`, { signal });
      return { fees, form: await formOf(fees.name, signal) };
    },
    [id],
  );
  return (
    <>
      <a class="back" href={to(`/ministry/packages/${id}`)}>
        {t("ministry.to-package")}
      </a>
      <Load of={loaded}>
        {({ fees, form }) => (
          <>
            <Heading lead={wordsOf(form)["title"]}>{t("ministry.fees-change")}</Heading>
            <p>{t("ministry.fees-lead")}</p>
            {fees.currency ? <Change id={id} fees={fees} form={form} currency={fees.currency} /> : <Notice kind="warn" title={t("ministry.fees-no-currency")} />}
          </>
        )}
      </Load>
    </>
  );
}

interface Given {
  id: string;
  fees: PackageFees;
  form: ServiceForm;
  currency: string;
}

function Change({ id, fees, form, currency }: Given) {
  const [typed, setTyped] = useState<Typed>({ amounts: {}, words: {} });
  const [weighed, setWeighed] = useState<PackageFees>();
  const { attempt, told } = useSigning(() => undefined);
  const changed = changedOf(fees, currency, typed);
  const change = (next: Typed) => {
    setTyped(next);
    setWeighed(undefined);
  };
  const weigh = (e: Event) => {
    e.preventDefault();
    return attempt(async () => setWeighed(await post<PackageFees>(`/v1/packages/${id}/fees/weigh`, changed)));
  };
  return (
    <>
      <form onSubmit={weigh}>
        <Amounts fees={fees} form={form} currency={currency} typed={typed} change={change} />
        <Sentences fees={fees} typed={typed} change={change} />
        {told}
        <div class="buttons">
          <Button disabled={!changed || !(changed.amounts.length || changed.words)}>{t("ministry.fees-see")}</Button>
        </div>
      </form>
      {weighed && changed && (
        <section class="card" aria-labelledby="fees-would">
          <h2 id="fees-would">{t("ministry.fees-would")}</h2>
          <Difference was={fees} is={weighed} form={form} />
          <p>{t("ministry.fees-consequence")}</p>
          <Button run={() => attempt(() => propose(id, changed))}>{t("ministry.package-propose.fee")}</Button>
        </section>
      )}
    </>
  );
}

/** The change is laid over the service, proves itself, and waits for a second officer. The same change, tried again after
 * a passkey that was not used, goes on from where it stands. */
async function propose(id: string, changed: Changed): Promise<void> {
  const made = await post<PackageTaken>(`/v1/packages/${id}/fees`, changed);
  if (made.state === "received" || made.state === "refused") await post(`/v1/packages/${made.id}/accept`);
  await post(`/v1/packages/${made.id}/fee-propose`, { signature: await signed(await statementOf(made.id, "fee")) });
  go(`/ministry/packages/${made.id}`);
}

function Amounts({ fees, form, currency, typed, change }: Omit<Given, "id"> & { typed: Typed; change: (t: Typed) => void }) {
  const wrong = (text: string | undefined) => text !== undefined && amountOf(text, currency) === undefined;
  return (
    <fieldset>
      <legend>{t("ministry.fees-amounts", { currency })}</legend>
      {!fees.amounts.length && <p>{t("ministry.fees-none")}</p>}
      {fees.amounts.map((m) => {
        const text = typed.amounts[m.at];
        return (
          <Field key={m.at} label={nameOf(m, form)} help={t("ministry.fees-now", { amount: money(m.amount, currency) })} error={wrong(text) ? t("ministry.fees-wrong", { digits: currencyDigits(currency) }) : undefined}>
            {(a) => (
              <input
                {...a}
                class="short"
                dir="ltr"
                inputMode="decimal"
                autocomplete="off"
                value={text ?? plain(m.amount, currency)}
                onInput={(e) => change({ ...typed, amounts: { ...typed.amounts, [m.at]: e.currentTarget.value } })}
              />
            )}
          </Field>
        );
      })}
    </fieldset>
  );
}

/** The sentence that tells the fee says amounts too: whoever changes these looks at it. */
function Sentences({ fees, typed, change }: { fees: PackageFees; typed: Typed; change: (t: Typed) => void }) {
  return (
    <fieldset>
      <legend>{t("ministry.fees-sentence")}</legend>
      {Object.entries(fees.words).map(([l, text]) => (
        <Field key={l} label={languageName(l)}>
          {(a) => (
            <textarea {...a} lang={l} dir="auto" rows={2} maxLength={500} value={typed.words[l] ?? text} onInput={(e) => change({ ...typed, words: { ...typed.words, [l]: e.currentTarget.value } })} />
          )}
        </Field>
      ))}
    </fieldset>
  );
}

const feeOf = (c: { fee: unknown } | undefined) => {
  const fee = c?.fee as { amount: number; currency: string } | undefined;
  return fee ? money(fee.amount, fee.currency) : "–";
};

/** What holds beside what would: the amounts that change, the sentence, and the examples whose fee follows. */
export function Difference({ was, is, form }: { was: PackageFees; is: PackageFees; form: ServiceForm }) {
  const currency = is.currency ?? was.currency ?? "";
  const before = new Map(was.amounts.map((m) => [m.at, m.amount]));
  const amounts = is.amounts.filter((m) => before.has(m.at) && before.get(m.at) !== m.amount);
  const cases = is.cases.map((c, i) => ({ name: c.name, was: feeOf(was.cases[i]), is: feeOf(c) })).filter((c) => c.was !== c.is);
  const words = Object.entries(is.words).filter(([l, text]) => was.words[l] !== text);
  const sides = <T,>(old: (r: T) => string, next: (r: T) => string) => [
    { label: t("ministry.fees-holds"), cell: old, end: true },
    { label: t("ministry.fees-would-be"), cell: (r: T) => <strong>{next(r)}</strong>, end: true },
  ];
  return (
    <>
      <Table
        caption={t("ministry.fees-amounts", { currency })}
        rows={amounts}
        empty={t("ministry.fees-same-amounts")}
        columns={[{ label: t("ministry.what"), cell: (m) => nameOf(m, form) }, ...sides<FeeAmount>((m) => money(before.get(m.at) ?? 0, currency), (m) => money(m.amount, currency))]}
      />
      {words.map(([l, text]) => (
        <p key={l}>
          {languageName(l)}: <del lang={l}>{was.words[l]}</del> <ins lang={l}>{text}</ins>
        </p>
      ))}
      <details>
        <summary>{t("ministry.fees-examples", { n: cases.length, all: is.cases.length })}</summary>
        <Table
          caption={t("ministry.fees-follow")}
          rows={cases}
          empty={t("ministry.fees-no-example")}
          columns={[
            {
              label: t("ministry.fees-example"),
              cell: (c) => (
                <bdi lang="en" dir="ltr">
                  {c.name}
                </bdi>
              ),
            },
            ...sides<{ was: string; is: string }>((c) => c.was, (c) => c.is),
          ]}
        />
      </details>
    </>
  );
}

/** What a second officer is about to confirm, beside what is in force. */
export function ProposedFees({ id, name }: { id: string; name: string }) {
  const loaded = useLoad(
    async (signal) => {
      const { packages } = await get<PackageList>("/v1/packages", { signal });
      const active = packages.find((p) => p.name === name && p.state === "active");
      if (!active) return undefined;
      const [was, is, form] = await Promise.all([get<PackageFees>(`/v1/packages/${active.id}/fees`, { signal }), get<PackageFees>(`/v1/packages/${id}/fees`, { signal }), formOf(name, signal)]);
      return { was, is, form };
    },
    [id],
  );
  return <Load of={loaded}>{(d) => d && <Difference {...d} />}</Load>;
}
