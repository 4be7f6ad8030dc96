// stock.tsx - blank booklets and stickers: what came, which one is next, what was spoilt, what was counted
import { useState } from "preact/hooks";
import type { BlankCount as Counted, BlankKind as Kind, CountStatement, Stock } from "../base/answers";
import { get, post } from "../base/api";
import { kindOf, Low } from "../base/low";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { useSigning } from "../base/signing";
import { Button, Field, Heading, Load, Moment, Pairs, Table, Tag, Typed, useLoad } from "../base/ui";
import { number, t } from "../base/words";
import { ownMission } from "./mission";
import { Waiting } from "./proposals";

const FATES = { used: "good", spoilt: "warn", missing: "bad" };

/** What the mission has of blanks; nothing where it keeps no such book. */
export async function stockOf(mission: string, signal?: AbortSignal): Promise<Stock> {
  return get<Stock>(`/v1/missions/${mission}/stock`, signal ? { signal } : {});
}

export function Stock(_: PageProps) {
  const mission = useLoad(ownMission, []);
  return (
    <>
      <Heading lead={t("desk.stock.lead")}>{t("desk.stock")}</Heading>
      <Load of={mission}>{(m) => m && <Of mission={m.code} />}</Load>
    </>
  );
}

function Of({ mission }: { mission: string }) {
  const stock = useLoad((signal) => stockOf(mission, signal), [mission]);
  return (
    <Load of={stock}>
      {(s) => (
        <>
          <Low kinds={s.kinds} />
          <Waiting list={s.proposals} done={stock.again} />
          <Table
            caption={t("desk.stock.series")}
            name={`stock-${mission}`}
            empty={t("desk.stock.none")}
            rows={s.series}
            columns={[
              { label: t("desk.stock.kind"), cell: (r) => kindOf(r.kind), text: (r) => kindOf(r.kind) },
              { label: t("desk.stock.first"), cell: (r) => <Number of={r.first} />, text: (r) => r.first },
              { label: t("desk.stock.last"), cell: (r) => <Number of={r.last} />, text: (r) => r.last },
              { label: t("desk.stock.next"), cell: (r) => (r.next ? <Number of={r.next} /> : t("common.none")), text: (r) => r.next ?? "" },
              { label: t("desk.stock.left"), cell: (r) => number(r.left), text: (r) => r.left, end: true },
              { label: t("desk.stock.received"), cell: (r) => <Moment at={r.received} />, text: (r) => r.received },
            ]}
          />
          <Receive mission={mission} done={stock.again} />
          {s.kinds.length > 0 && <Spoilt mission={mission} kinds={s.kinds} done={stock.again} />}
          {s.kinds.length > 0 && <Count mission={mission} kinds={s.kinds} done={stock.again} />}
          <Table
            caption={t("desk.stock.gone")}
            name={`gone-${mission}`}
            empty={t("desk.stock.gone-none")}
            rows={s.gone}
            columns={[
              { label: t("desk.stock.kind"), cell: (r) => kindOf(r.kind), text: (r) => kindOf(r.kind) },
              { label: t("desk.stock.number"), cell: (r) => <Number of={r.number} />, text: (r) => r.number },
              { label: t("desk.stock.fate"), cell: (r) => <Tag kind={FATES[r.fate]}>{t(`desk.stock.fate.${r.fate}`)}</Tag>, text: (r) => t(`desk.stock.fate.${r.fate}`) },
              {
                label: t("desk.stock.why"),
                cell: (r) =>
                  r.case ? (
                    <a class="mono" href={to(`/desk/cases/${r.case}`)}>
                      {r.case.slice(0, 8)}…{r.case.slice(-4)}
                    </a>
                  ) : (
                    <Typed>{r.reason}</Typed>
                  ),
                text: (r) => r.case ?? r.reason ?? "",
              },
              { label: t("desk.stock.at"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
              { label: t("desk.stock.by"), cell: (r) => <Typed>{r.by}</Typed>, text: (r) => r.by },
            ]}
          />
          <Table
            caption={t("desk.stock.counts")}
            name={`counts-${mission}`}
            empty={t("desk.stock.counts-none")}
            rows={s.counts.flatMap((c) => c.statement.counts.map((k) => ({ ...c, ...k })))}
            columns={[
              { label: t("desk.stock.at"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
              ...countColumns<Counted & { proposed_by: string; confirmed_by: string; at: string }>(),
              { label: t("desk.stock.by"), cell: (r) => <Typed>{`${r.proposed_by}, ${r.confirmed_by}`}</Typed>, text: (r) => `${r.proposed_by}, ${r.confirmed_by}` },
            ]}
          />
        </>
      )}
    </Load>
  );
}

function Number({ of }: { of: string }) {
  return (
    <span class="mono" dir="ltr">
      {of}
    </span>
  );
}

function countColumns<T extends Counted>() {
  return [
    { label: t("desk.stock.kind"), cell: (r: T) => kindOf(r.kind), text: (r: T) => kindOf(r.kind) },
    { label: t("desk.stock.book"), cell: (r: T) => number(r.book), text: (r: T) => r.book, end: true },
    { label: t("desk.stock.counted"), cell: (r: T) => number(r.counted), text: (r: T) => r.counted, end: true },
    { label: t("desk.stock.missing"), cell: (r: T) => (r.missing.length ? <Number of={r.missing.join(", ")} /> : t("common.none")), text: (r: T) => r.missing.join(" ") },
    { label: t("desk.stock.why"), cell: (r: T) => <Typed>{r.reason ?? t("common.none")}</Typed>, text: (r: T) => r.reason ?? "" },
  ];
}

/** What a second officer signs of a stock-taking. */
export function CountShown({ of }: { of: CountStatement }) {
  return <Table caption={t("desk.stock.count")} name="stock-taking" rows={of.counts} columns={countColumns<Counted>()} />;
}

export function SpoiltShown({ of }: { of: { kind: string; number: string; reason: string } }) {
  return (
    <Pairs
      list={[
        [kindOf(of.kind), <Number of={of.number} />],
        [t("desk.stock.reason"), <Typed>{of.reason}</Typed>],
      ]}
    />
  );
}

function KindField({ value, set, kinds }: { value: string; set: (kind: string) => void; kinds: string[] }) {
  return (
    <Field label={t("desk.stock.kind")}>
      {(f) => (
        <select {...f} value={value} onChange={(e) => set(e.currentTarget.value)}>
          {kinds.map((k) => (
            <option key={k} value={k}>
              {kindOf(k)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Receive({ mission, done }: { mission: string; done: () => void }) {
  const [s, setS] = useState({ kind: "booklet", prefix: "", first: "", last: "" });
  const { attempt, told } = useSigning(done);
  const receive = (e: Event) => {
    e.preventDefault();
    void attempt(() => post(`/v1/missions/${mission}/stock`, s));
  };
  return (
    <details class="card">
      <summary>{t("desk.stock.receive")}</summary>
      <form onSubmit={receive}>
        {told}
        <KindField value={s.kind} set={(kind) => setS({ ...s, kind })} kinds={["booklet", "sticker"]} />
        {(["prefix", "first", "last"] as const).map((name) => (
          <Field key={name} label={t(`desk.stock.${name}`)} {...(name === "prefix" ? { help: t("desk.stock.prefix-help") } : {})}>
            {(f) => <input {...f} dir="ltr" class="mono" autocomplete="off" required={name !== "prefix"} pattern={name === "prefix" ? "[A-Z0-9\\-]{0,7}[A-Z\\-]" : "[0-9]{1,10}"} value={s[name]} onInput={(e) => setS({ ...s, [name]: e.currentTarget.value })} />}
          </Field>
        ))}
        <Button>{t("desk.stock.receive-do")}</Button>
      </form>
    </details>
  );
}

function Spoilt({ mission, kinds, done }: { mission: string; kinds: Kind[]; done: () => void }) {
  const [s, setS] = useState({ kind: kinds[0]?.kind ?? "", number: "", reason: "" });
  const { attempt, told } = useSigning(done);
  const propose = (e: Event) => {
    e.preventDefault();
    void attempt(() => post(`/v1/missions/${mission}/stock/spoilt`, s));
  };
  return (
    <details class="card">
      <summary>{t("desk.stock.spoil")}</summary>
      <form onSubmit={propose}>
        {told}
        <KindField value={s.kind} set={(kind) => setS({ ...s, kind })} kinds={kinds.map((k) => k.kind)} />
        <Field label={t("desk.stock.number")}>{(f) => <input {...f} dir="ltr" class="mono" required maxLength={20} autocomplete="off" value={s.number} onInput={(e) => setS({ ...s, number: e.currentTarget.value })} />}</Field>
        <Field label={t("desk.stock.reason")}>{(f) => <input {...f} required maxLength={500} value={s.reason} onInput={(e) => setS({ ...s, reason: e.currentTarget.value })} />}</Field>
        <Button>{t("desk.proposals.propose")}</Button>
      </form>
    </details>
  );
}

/** Counted against the book: whatever is not there is named and explained. */
function Count({ mission, kinds, done }: { mission: string; kinds: Kind[]; done: () => void }) {
  const [typed, setTyped] = useState<Record<string, { counted: string; missing: string; reason: string }>>({});
  const { attempt, told } = useSigning(done);
  const row = (kind: string) => typed[kind] ?? { counted: "", missing: "", reason: "" };
  const set = (kind: string, part: object) => setTyped((all) => ({ ...all, [kind]: { ...row(kind), ...part } }));
  const propose = (e: Event) => {
    e.preventDefault();
    const counts = kinds.map(({ kind }) => {
      const { counted, missing, reason } = row(kind);
      return { kind, counted: globalThis.Number(counted), missing: missing.split(/[\s,;]+/).filter(Boolean), ...(reason ? { reason } : {}) };
    });
    void attempt(() => post(`/v1/missions/${mission}/stock/counts`, { counts }));
  };
  return (
    <details class="card">
      <summary>{t("desk.stock.count")}</summary>
      <form onSubmit={propose}>
        {told}
        {kinds.map((k) => {
          const r = row(k.kind);
          const less = r.counted !== "" && globalThis.Number(r.counted) < k.left;
          return (
            <fieldset key={k.kind}>
              <legend>{kindOf(k.kind)}</legend>
              <Pairs list={[[t("desk.stock.book"), number(k.left)]]} />
              <Field label={t("desk.stock.counted")}>{(f) => <input {...f} dir="ltr" type="number" min={0} max={k.left} required value={r.counted} onInput={(e) => set(k.kind, { counted: e.currentTarget.value })} />}</Field>
              {less && (
                <>
                  <Field label={t("desk.stock.missing")} help={t("desk.stock.missing-help")}>
                    {(f) => <textarea {...f} dir="ltr" required rows={2} value={r.missing} onInput={(e) => set(k.kind, { missing: e.currentTarget.value })} />}
                  </Field>
                  <Field label={t("desk.stock.reason")}>{(f) => <input {...f} required maxLength={500} value={r.reason} onInput={(e) => set(k.kind, { reason: e.currentTarget.value })} />}</Field>
                </>
              )}
            </fieldset>
          );
        })}
        <Button>{t("desk.proposals.propose")}</Button>
      </form>
    </details>
  );
}
