// register.tsx - a register that was kept elsewhere (CSV or XLSX): tried first, then entered row by row
//
// The file is read in the browser alone; the node gets the rows, and each row is an act of its own that counts
// once, by the digest of the file and the number of the row.
import { useState } from "preact/hooks";
import type { RegisterList, RegisterRow, RegisterTrial } from "../base/answers";
import { get, post, Problem } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Failure, Field, Heading, Load, Moment, Notice, Table, Tag, Typed, useLoad } from "../base/ui";
import { number, t } from "../base/words";
import { ownMission } from "./mission";
import { entriesOf, FIELDS, guess, type Columns, type Entry, type Person } from "./register-rows";
import type { Row, SheetError } from "./sheet";

/** A row as it was tried, and once it is entered. */
type Tried = Omit<RegisterRow, "state"> & { state: RegisterRow["state"] | "entered" };

interface Chosen {
  name: string;
  digest: string;
  head: Row;
  rows: Row[];
}

const FORMULA = "formula";
const KINDS: Record<Tried["state"], string> = { new: "good", entered: "good", known: "", duplicate: "warn", twice: "warn", refused: "bad" };

export function Register(_: PageProps) {
  const mission = useLoad(ownMission, []);
  return (
    <>
      <a class="back" href={to("/desk/counter")}>
        {t("desk.counter")}
      </a>
      <Heading lead={t("desk.register.lead")}>{t("desk.register")}</Heading>
      <Load of={mission}>{(m) => m && <Import mission={m.code} />}</Load>
    </>
  );
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function Import({ mission }: { mission: string }) {
  const [file, setFile] = useState<Chosen>();
  const [wrong, setWrong] = useState<SheetError>();
  const entered = useLoad((signal) => get<RegisterList>(`/v1/missions/${mission}/register`, { signal }), [mission]);
  const choose = async (e: Event & { currentTarget: HTMLInputElement }) => {
    const field = e.currentTarget;
    const chosen = field.files?.[0];
    setFile(undefined);
    setWrong(undefined);
    if (!chosen) return;
    // what reads tables is asked for on this page alone
    const { readSheet, SheetError: Wrong, FILE_BYTES } = await import("./sheet");
    try {
      if (chosen.size > FILE_BYTES) throw new Wrong("large");
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      const [head, ...rows] = readSheet(bytes);
      setFile({ name: chosen.name, digest: await digestOf(bytes), head: head!, rows });
    } catch (error) {
      setWrong(error instanceof Wrong ? error : new Wrong("xml"));
    } finally {
      field.value = ""; // a file that was mended has the same name
    }
  };
  return (
    <>
      <Field label={t("desk.register.file")} help={t("desk.register.file-help")}>
        {(a) => <input {...a} type="file" accept=".csv,.xlsx,text/csv" onChange={choose} />}
      </Field>
      {wrong && <Notice kind="bad" title={t(`desk.register.wrong.${wrong.wrong}`, { line: wrong.line ?? 0 })} />}
      {file && <Rows key={file.digest} of={file} done={entered.again} />}
      <Load of={entered}>
        {({ files }) => (
          <Table
            caption={t("desk.register.entered-files")}
            name={`registers-${mission}`}
            empty={t("desk.register.none")}
            rows={files}
            columns={[
              { label: t("desk.register.digest"), cell: (r) => <span class="mono">{r.file.slice(0, 16)}</span>, text: (r) => r.file },
              { label: t("desk.register.rows"), cell: (r) => number(r.rows), text: (r) => r.rows, end: true },
              { label: t("desk.stock.at"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
              { label: t("desk.stock.by"), cell: (r) => <Typed>{r.by}</Typed>, text: (r) => r.by },
            ]}
          />
        )}
      </Load>
    </>
  );
}

/** What the browser sees by itself. */
function formulasRefused(entries: Entry[]): Tried[] {
  return entries.filter((e) => e.formulas.length).map((e) => ({ row: e.row, state: "refused", errors: e.formulas.map((f) => ({ pointer: `/person/${f}`, detail: FORMULA })) }));
}

function Rows({ of, done }: { of: Chosen; done: () => void }) {
  const [columns, setColumns] = useState<Columns>(() => guess(of.head));
  const [evidence, setEvidence] = useState("");
  const [tried, setTried] = useState<Tried[]>();
  const [at, setAt] = useState<number>();
  const [failed, setFailed] = useState<unknown>();
  const entries = entriesOf(of.rows, columns);
  const attempt = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      const readable = entries.filter((x) => !x.formulas.length).map(({ row, person }) => ({ row, person }));
      const { rows } = readable.length ? await post<RegisterTrial>("/v1/desk/register/trial", { file: of.digest, evidence, rows: readable }) : { rows: [] };
      setTried([...rows, ...formulasRefused(entries)].sort((a, b) => a.row - b.row));
    } catch (error) {
      setFailed(error);
    }
  };
  const enter = async () => {
    const list = tried ?? [];
    setFailed(undefined);
    try {
      for (const [i, one] of list.entries()) {
        setAt(i);
        const entry = entries.find((x) => x.row === one.row);
        if (one.state !== "new" || !entry) continue;
        await entered(of.digest, evidence, entry, one);
        setTried([...list]);
      }
      done();
    } catch (error) {
      setFailed(error);
    } finally {
      setAt(undefined);
    }
  };
  const n = (state: Tried["state"]) => tried?.filter((x) => x.state === state).length ?? 0;
  return (
    <>
      <form class="card" onSubmit={attempt}>
        <h2>
          <Typed>{of.name}</Typed> · {t("desk.register.n-rows", { n: of.rows.length })}
        </h2>
        <fieldset>
          <legend>{t("desk.register.columns")}</legend>
          {FIELDS.map((f) => (
            <Field key={f} label={t(`desk.register.field.${f}`)}>
              {(a) => (
                <select
                  {...a}
                  value={columns[f] ?? ""}
                  onChange={(e) => {
                    setTried(undefined);
                    const { [f]: _old, ...rest } = columns;
                    setColumns(e.currentTarget.value === "" ? rest : { ...rest, [f]: Number(e.currentTarget.value) });
                  }}
                >
                  <option value="">{t("desk.register.no-column")}</option>
                  {of.head.cells.map((c, i) => (
                    <option key={i} value={i}>
                      {c.text || number(i + 1)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          ))}
        </fieldset>
        <Field label={t("desk.register.evidence")} help={t("desk.register.evidence-help")}>
          {(a) => <input {...a} required maxLength={300} value={evidence} onInput={(e) => setEvidence(e.currentTarget.value)} />}
        </Field>
        <Failure error={failed} />
        <Button>{t("desk.register.try")}</Button>
      </form>
      {tried && (
        <>
          <Notice kind={n("new") ? "info" : "good"} title={t("desk.register.result", { fresh: n("new"), entered: n("entered") + n("known"), duplicate: n("duplicate") + n("twice"), refused: n("refused") })}>
            {at !== undefined && <progress max={tried.length} value={at} aria-label={t("desk.register.entering")} />}
          </Notice>
          {n("new") > 0 && (
            <div class="buttons">
              <Button run={enter}>{t("desk.register.enter", { n: n("new") })}</Button>
            </div>
          )}
          <Results list={tried} entries={entries} />
        </>
      )}
    </>
  );
}

/** One act. Too many at once: the node says so, and it is done again. What it refuses is told with the row. */
async function entered(digest: string, evidence: string, { row, person }: Entry, into: Tried): Promise<void> {
  for (;;) {
    try {
      await post("/v1/desk/register", { file: digest, row, evidence, person }, { key: `${digest}-${row}` });
      into.state = "entered";
      return;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 429 || error.status === 503) {
        await new Promise((again) => setTimeout(again, 1000));
        continue;
      }
      if (error.status !== 409 && error.status !== 422) throw error;
      into.state = "refused";
      into.errors = error.body.errors ?? [{ pointer: "", detail: error.body.detail ?? error.body.title }];
      return;
    }
  }
}

function Results({ list, entries }: { list: Tried[]; entries: Entry[] }) {
  const nameOf = (row: number) => {
    const p = entries.find((e) => e.row === row)?.person;
    return [p?.given_names, p?.surname].filter(Boolean).join(" ");
  };
  const why = (r: Tried) => {
    if (r.before && r.state === "twice") return t("desk.register.like", { row: r.before });
    const person = entries.find((e) => e.row === r.row)?.person;
    return (r.errors ?? []).map((e) => reason(e, person)).join("; ");
  };
  return (
    <Table
      caption={t("desk.register.rows")}
      name="register"
      rows={list}
      columns={[
        { label: t("desk.register.row"), cell: (r) => number(r.row), text: (r) => r.row, end: true },
        { label: t("desk.register.name"), cell: (r) => <Typed>{nameOf(r.row)}</Typed>, text: (r) => nameOf(r.row) },
        { label: t("desk.fees.state"), cell: (r) => <Tag kind={KINDS[r.state]}>{t(`desk.register.state.${r.state}`)}</Tag>, text: (r) => t(`desk.register.state.${r.state}`) },
        { label: t("desk.register.why"), cell: (r) => <Typed>{why(r)}</Typed>, text: why },
      ]}
    />
  );
}

/** What the node says of a field, in the words of the page; of anything else in its own. */
function reason({ pointer, detail }: { pointer: string; detail: string }, person: Person | undefined): string {
  const name = FIELDS.find((f) => pointer === `/person/${f}`);
  if (!name) return detail;
  const field = t(`desk.register.field.${name}`);
  const value = person?.[name];
  if (detail === FORMULA) return t("desk.register.formula", { field });
  return value ? t("desk.register.unfit", { field, value }) : t("desk.register.lacking", { field });
}
