// settle.tsx - the giver's next version and our layer touch the same things: both sides in words, and a choice for each
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Advised, stepOf } from "../base/advice";
import type { Conflict, MovedCase, MovedCases, PackageFees, PackagePage } from "../base/answers";
import { get, post } from "../base/api";
import { type ServiceForm, wordsOf } from "../base/model";
import { useSigning } from "../base/signing";
import { Button, Load, Notice, Table, useLoad } from "../base/ui";
import { has, language, languageName, money, number, t } from "../base/words";
import { ruleIn } from "./conditions";

type Words = Record<string, string>;
type Take = "ours" | "theirs";

interface Known {
  words: Words;
  currency: string | undefined;
}

const textOf = (words: Words, item: unknown) => {
  const { reason, label } = (item ?? {}) as { reason?: string; label?: string };
  return words[reason ?? label ?? ""] ?? reason ?? label;
};

/** What is touched, in words: "rules.json#/eligibility/adult" is a condition of who may apply. */
function placeIn(c: Conflict, words: Words): string {
  const [file = "", at = ""] = c.where.split("#");
  const path = at.split("/").slice(1);
  const last = path.at(-1) ?? "";
  if (c.what === "word") return t("ministry.place.word", { language: languageName(file.split(".")[1] ?? "") });
  if (c.what === "field") return t("ministry.place.field", { what: words[`field.${path.join(".")}`] ?? last });
  const kind = c.what === "rule" || (c.what === "fee" && path.length > 2) ? path.at(-2) : c.what === "fee" ? `fee-${last}` : c.what;
  const what = textOf(words, c.ours) ?? textOf(words, c.theirs) ?? last;
  const key = c.what === "service" && has(`ministry.place.${last}`) ? `ministry.place.${last}` : `ministry.place.${kind}`;
  return t(key, { what });
}

/** One side: a text, an amount, a rule in words; what has no words is shown as it is written. */
function Side({ value, of, known }: { value: unknown; of: Conflict; known: Known }) {
  const said = sideIn(value, of, known);
  if (said !== undefined) return <>{said}</>;
  return (
    <details>
      <summary>{t("ministry.as-written")}</summary>
      <pre dir="ltr" class="mono">
        {JSON.stringify(value, null, 1)}
      </pre>
    </details>
  );
}

function sideIn(value: unknown, of: Conflict, { words, currency }: Known): ComponentChildren {
  if (value === null || value === undefined) return t("ministry.side-none");
  if (of.what === "art" || of.what === "workflow") return t(`ministry.side.${of.what}`);
  if (typeof value === "number") return of.what === "fee" && currency && /amount$/.test(of.where) ? money(value, currency) : number(value);
  if (typeof value === "string") return <bdi>{value}</bdi>;
  if (Array.isArray(value) && value.every((v) => typeof v === "string"))
    return (
      <ul>
        {value.map((v) => (
          <li key={v}>
            <bdi>{v}</bdi>
          </li>
        ))}
      </ul>
    );
  const { rule, when, amount } = value as { rule?: unknown; when?: unknown; amount?: unknown };
  if (typeof amount === "number" && currency) return money(amount, currency);
  return ruleIn(rule ?? when, words);
}

/** What the giver has removed and we remove too leaves our layer by itself. */
const gone = (c: Conflict) => c.ours === null && c.theirs === null;

export function Settle({ of, conflicts, done }: { of: PackagePage; conflicts: Conflict[]; done: () => void }) {
  const known = useLoad(
    async (signal): Promise<Known> => {
      const [form, fees] = await Promise.all([
        get<ServiceForm>(`/v1/services/${of.name}?language=${language}`, { signal }),
        get<PackageFees>(`/v1/packages/${of.id}/fees`, { signal }),
      ]);
      return { words: wordsOf(form), currency: fees.currency };
    },
    [of.id],
  );
  return (
    <section class="card" aria-labelledby="settle">
      <h2 id="settle">{t("ministry.package-conflicts")}</h2>
      <p>{t("ministry.settle-lead")}</p>
      <Load of={known}>{(k) => <Choices of={of} conflicts={conflicts} known={k} done={done} />}</Load>
    </section>
  );
}

function Choices({ of, conflicts, known, done }: { of: PackagePage; conflicts: Conflict[]; known: Known; done: () => void }) {
  const [taken, setTaken] = useState<Record<string, Take>>(Object.fromEntries(conflicts.filter(gone).map((c) => [c.where, "theirs"])));
  const [moved, setMoved] = useState<MovedCase[]>();
  const { attempt, told } = useSigning(() => undefined);
  const body = { choices: Object.entries(taken).map(([where, take]) => ({ where, take })) };
  const take = (where: string, side: Take) => {
    setTaken({ ...taken, [where]: side });
    setMoved(undefined);
  };
  const weigh = (e: Event) => {
    e.preventDefault();
    return attempt(async () => setMoved((await post<MovedCases>(`/v1/packages/${of.id}/settle/weigh`, body)).cases));
  };
  const settle = () =>
    attempt(async () => {
      await post(`/v1/packages/${of.id}/settle`, body);
      done();
    });
  return (
    <form onSubmit={weigh}>
      {conflicts.map((c, i) => (
        <Place key={c.where} n={i} of={c} known={known} taken={taken[c.where]} take={(side) => take(c.where, side)} />
      ))}
      {told}
      <div class="buttons">
        <Button kind={moved ? "quiet" : "main"} disabled={conflicts.some((c) => !taken[c.where])}>
          {t("ministry.settle-see")}
        </Button>
      </div>
      {moved && <Moved cases={moved} />}
      {moved && (
        <Advised step={stepOf(of.here.next, "package.settle")} run={settle}>
          {t("ministry.settle")}
        </Advised>
      )}
    </form>
  );
}

function Place({ n, of, known, taken, take }: { n: number; of: Conflict; known: Known; taken: Take | undefined; take: (side: Take) => void }) {
  return (
    <fieldset class="place">
      <legend>{placeIn(of, known.words)}</legend>
      <p class="help">
        {t("ministry.was")}: <Side value={of.old} of={of} known={known} />
      </p>
      <div class="sides">
        {(["ours", "theirs"] as const).map((side) => (
          <div class="choice" key={side}>
            <input type="radio" name={`place-${n}`} id={`place-${n}-${side}`} checked={taken === side} disabled={side === "ours" && gone(of)} onChange={() => take(side)} />
            <label for={`place-${n}-${side}`}>
              <strong>{t(`ministry.${side}`)}</strong>
              <br />
              <Side value={of[side]} of={of} known={known} />
            </label>
          </div>
        ))}
      </div>
    </fieldset>
  );
}

const feeIn = (fee: unknown) => {
  const { amount, currency } = (fee ?? {}) as { amount?: number; currency?: string };
  return amount !== undefined && currency ? money(amount, currency) : JSON.stringify(fee);
};
function valueIn(member: string, value: unknown): string {
  if (member === "fee") return feeIn(value);
  if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
  if (member === "document") return ""; // a digest: that it is another one says all
  return Array.isArray(value) ? value.join(", ") : String(value ?? "–");
}

/** Examples that come out otherwise: they then expect what came. */
function Moved({ cases }: { cases: MovedCase[] }) {
  const rows = cases.flatMap((c) => Object.keys(c.expected).filter((m) => JSON.stringify(c.expected[m]) !== JSON.stringify(c.got[m])).map((member) => ({ name: c.name, member, was: c.expected[member], is: c.got[member] })));
  if (!rows.length) return <Notice kind="good" title={t("ministry.settle-same")} />;
  return (
    <Table
      caption={t("ministry.settle-moved", { n: cases.length })}
      rows={rows}
      columns={[
        {
          label: t("ministry.fees-example"),
          cell: (r) => (
            <bdi lang="en" dir="ltr">
              {r.name}
            </bdi>
          ),
        },
        { label: t("ministry.what"), cell: (r) => (has(`ministry.expects.${r.member}`) ? t(`ministry.expects.${r.member}`) : r.member) },
        { label: t("ministry.fees-holds"), cell: (r) => valueIn(r.member, r.was) },
        { label: t("ministry.fees-would-be"), cell: (r) => <strong>{valueIn(r.member, r.is)}</strong> },
      ]}
    />
  );
}
