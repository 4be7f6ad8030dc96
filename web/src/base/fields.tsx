// fields.tsx - the fields of a service's form, by the kinds that its page plan names
import { useEffect, useId, useState } from "preact/hooks";
import { isOver, signed } from "./passkey";
import { Button, Field, Notice, type Mistake } from "./ui";
import { collate, country, language, number, stateCode, stateName, t } from "./words";
import { digits, fromGregorian, fromHijri, monthNames, toHijri, type YearMonthDay } from "./dates";
import { labelOf, wordKey } from "./labels";
import { countries, places } from "./countries";
import { statementOf } from "./sign";
import type { Answers, PlanField, Schema } from "./model";
import { at, isRequired, schemaAt } from "./model";

export interface FieldProps {
  field: PlanField;
  /** The pointer itself: the plan's with the place in a list put in. */
  pointer: string;
  form: Schema;
  answers: Answers;
  words: Record<string, string>;
  mistakes: Mistake[];
  change: (pointer: string, value: unknown) => void;
}

/** The id of a field's control, to which the list of mistakes leads. */
export function fieldId(pointer: string): string {
  return `f${pointer.replaceAll("/", "-")}`;
}

function errorOf(p: FieldProps): string | undefined {
  return p.mistakes.find((m) => m.field === fieldId(p.pointer))?.text;
}

function helpOf({ field, words }: FieldProps): string | undefined {
  return field.help ? words[field.help] : undefined;
}

function label(p: FieldProps): string {
  const text = labelOf(p.field, p.pointer, p.words);
  // some services say it themselves
  return text.endsWith(")") || isRequired(p.form, p.pointer, p.answers, p.field.due) ? text : `${text} ${t("common.optional")}`;
}

const inputs: Record<string, { type?: string; mode?: string; complete?: string; ltr?: boolean }> = {
  latin: { ltr: true },
  phone: { type: "tel", complete: "tel", ltr: true },
  email: { type: "email", complete: "email", ltr: true },
  passport: { ltr: true },
  number: { mode: "numeric", ltr: true },
  money: { mode: "decimal", ltr: true },
};

function Line(p: FieldProps) {
  const kind = inputs[p.field.kind] ?? {};
  const schema = schemaAt(p.form, p.pointer);
  const value = at(p.answers, p.pointer);
  const numeric = schema?.type === "integer" || schema?.type === "number";
  const read = (text: string) => {
    if (text.trim() === "") return undefined;
    if (!numeric) return p.field.kind === "passport" ? text.toUpperCase().trim() : text;
    const n = digits(text);
    return Number.isNaN(n) ? text : n;
  };
  return (
    <Field label={label(p)} help={helpOf(p)} error={errorOf(p)} id={fieldId(p.pointer)}>
      {(a) => (
        <input
          {...a}
          type={kind.type ?? "text"}
          inputMode={kind.mode as "numeric"}
          autocomplete={kind.complete ?? "off"}
          dir={kind.ltr ? "ltr" : "auto"}
          class={numeric ? "short" : undefined}
          maxLength={schema?.maxLength}
          value={value === undefined ? "" : String(value)}
          onInput={(e) => p.change(p.pointer, read(e.currentTarget.value))}
        />
      )}
    </Field>
  );
}

function Long(p: FieldProps) {
  const max = schemaAt(p.form, p.pointer)?.maxLength;
  const value = String(at(p.answers, p.pointer) ?? "");
  return (
    <Field label={label(p)} help={helpOf(p)} error={errorOf(p)} id={fieldId(p.pointer)}>
      {(a) => (
        <>
          <textarea {...a} dir="auto" rows={5} maxLength={max} onInput={(e) => p.change(p.pointer, e.currentTarget.value.replace(/\s+/g, " ") || undefined)}>
            {value}
          </textarea>
          {max && value.length > max * 0.8 && <p class="help">{t("common.form.left", { n: max - value.length })}</p>}
        </>
      )}
    </Field>
  );
}

function Group(p: FieldProps & { children: preact.ComponentChildren }) {
  const id = useId();
  const help = helpOf(p);
  const error = errorOf(p);
  return (
    <fieldset id={fieldId(p.pointer)} tabIndex={-1} class={error ? "wrong" : undefined} aria-describedby={help || error ? id : undefined}>
      <legend>{label(p)}</legend>
      <div id={id}>
        {help && <p class="help">{help}</p>}
        {error && <p class="mistake">{error}</p>}
      </div>
      {p.children}
    </fieldset>
  );
}

/** Few choices are all seen at once; many are in a list. */
function Choice(p: FieldProps) {
  const values = schemaAt(p.form, p.pointer)?.enum ?? [];
  const value = at(p.answers, p.pointer);
  const word = (v: string) => p.words[`option.${wordKey(p.pointer)}.${v}`] ?? v;
  if (values.length > 8)
    return <Select {...p} values={values.map((v) => [v, word(v)])} />;
  return (
    <Group {...p}>
      {values.map((v) => (
        <div class="choice" key={v}>
          <input type="radio" id={`${fieldId(p.pointer)}-${v}`} name={p.pointer} checked={value === v} onChange={() => p.change(p.pointer, v)} />
          <label for={`${fieldId(p.pointer)}-${v}`}>{word(v)}</label>
        </div>
      ))}
    </Group>
  );
}

function YesNo(p: FieldProps) {
  const value = at(p.answers, p.pointer);
  return (
    <Group {...p}>
      {[true, false].map((v) => (
        <div class="choice" key={String(v)}>
          <input type="radio" id={`${fieldId(p.pointer)}-${v}`} name={p.pointer} checked={value === v} onChange={() => p.change(p.pointer, v)} />
          <label for={`${fieldId(p.pointer)}-${v}`}>{t(v ? "common.yes" : "common.no")}</label>
        </div>
      ))}
    </Group>
  );
}

function Select(p: FieldProps & { values: [string, string][] }) {
  const value = at(p.answers, p.pointer);
  return (
    <Field label={label(p)} help={helpOf(p)} error={errorOf(p)} id={fieldId(p.pointer)}>
      {(a) => (
        <select {...a} value={String(value ?? "")} onChange={(e) => p.change(p.pointer, e.currentTarget.value || undefined)}>
          <option value="">{t("common.choose")}</option>
          {p.values.map(([v, text]) => (
            <option key={v} value={v}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Country(p: FieldProps) {
  return <Select {...p} values={places()} />;
}

function Nationality(p: FieldProps) {
  return <Select {...p} values={nationalities()} />;
}

/** By ISO 3166-1 alpha-3. The home state stands first: most who apply are its nationals. */
export function nationalities(): [string, string][] {
  const values = countries.map(([two, three]): [string, string] => [three, country(two)]);
  const own = values.filter(([v]) => v !== stateCode).sort((a, b) => collate(a[1], b[1]));
  return [[stateCode, stateName], ...own];
}

type Calendar = "gregory" | "islamic-umalqura";

/** A day typed in parts, in the calendar of one's choice; what is kept is the Gregorian one. */
function DateField(p: FieldProps) {
  const value = at(p.answers, p.pointer);
  const stored = typeof value === "string" ? value : "";
  const both = p.field.dates?.includes("hijri") ?? false;
  const [calendar, setCalendar] = useState<Calendar>("gregory");
  const [typed, setTyped] = useState(() => split(stored, "gregory"));
  const months = monthNames(calendar, language);
  const set = (part: "day" | "month" | "year", text: string) => {
    const next = { ...typed, [part]: text };
    setTyped(next);
    const d: YearMonthDay = { day: digits(next.day), month: Number(next.month), year: digits(next.year) };
    const whole = calendar === "gregory" ? fromGregorian(d) : fromHijri(d);
    const empty = !next.day && !next.month && !next.year;
    p.change(p.pointer, whole ?? (empty ? undefined : `${next.year}-${next.month}-${next.day}`));
  };
  const turn = (c: Calendar) => {
    setCalendar(c);
    setTyped(split(stored, c));
  };
  const id = fieldId(p.pointer);
  return (
    <Group {...p}>
      {both && (
        <p>
          <label for={`${id}-calendar`}>{t("common.form.calendar")} </label>
          <select id={`${id}-calendar`} class="short" value={calendar} onChange={(e) => turn(e.currentTarget.value as Calendar)}>
            <option value="gregory">{t("common.form.gregorian")}</option>
            <option value="islamic-umalqura">{t("common.form.hijri")}</option>
          </select>
        </p>
      )}
      <div class="date">
        <div>
          <label for={`${id}-day`}>{t("common.form.day")}</label>
          <input id={`${id}-day`} inputMode="numeric" value={typed.day} maxLength={2} onInput={(e) => set("day", e.currentTarget.value)} />
        </div>
        <div>
          <label for={`${id}-month`}>{t("common.form.month")}</label>
          <select id={`${id}-month`} value={typed.month} onChange={(e) => set("month", e.currentTarget.value)}>
            <option value="">–</option>
            {months.map((m, i) => (
              <option key={m} value={String(i + 1)}>
                {number(i + 1)} · {m}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label for={`${id}-year`}>{t("common.form.year")}</label>
          <input id={`${id}-year`} class="year" inputMode="numeric" value={typed.year} maxLength={4} onInput={(e) => set("year", e.currentTarget.value)} />
        </div>
      </div>
    </Group>
  );
}

function split(iso: string, calendar: Calendar): { day: string; month: string; year: string } {
  const [year = "", month = "", day = ""] = iso.split("-");
  if (calendar === "gregory" || !iso) return { day: day.replace(/^0/, ""), month: month.replace(/^0/, ""), year };
  const h = toHijri(iso);
  return h ? { day: String(h.day), month: String(h.month), year: String(h.year) } : { day: "", month: "", year: "" };
}

/** An object shown as its members, one field each. */
function Composite(p: FieldProps) {
  const members = Object.entries(schemaAt(p.form, p.pointer)?.properties ?? {});
  return (
    <fieldset>
      <legend>{labelOf(p.field, p.pointer, p.words)}</legend>
      {members.map(([name, schema]) => (
        <FormField {...p} key={name} pointer={`${p.pointer}/${name}`} field={{ at: `${p.field.at}/${name}`, kind: kindOf(name, schema), due: p.field.due ?? false }} />
      ))}
    </fieldset>
  );
}

function kindOf(name: string, schema: Schema): string {
  if (schema.enum) return "choice";
  if (schema.type === "boolean") return "yesno";
  if (schema.format === "date") return "date";
  if (name === "country") return "country";
  if (name === "nationality") return "nationality";
  if (name.endsWith("_latin")) return "latin";
  return "text";
}

/** At the counter the person signs the paper, and the officer says so. */
function OnPaper(p: FieldProps) {
  const id = `${fieldId(p.pointer)}-paper`;
  return (
    <Group {...p}>
      <div class="choice">
        <input id={id} type="checkbox" checked={at(p.answers, p.pointer) === "on-paper"} onChange={(e) => p.change(p.pointer, e.currentTarget.checked ? "on-paper" : undefined)} />
        <label for={id}>{t("common.signed-on-paper")}</label>
      </div>
    </Group>
  );
}

/** The person's passkey signs the digest of all other answers: a change of one of them ends it. */
function Signature(p: FieldProps) {
  const [failed, setFailed] = useState<unknown>();
  const [good, setGood] = useState(false);
  const value = at(p.answers, p.pointer);
  const statement = statementOf(p.answers, p.pointer);
  useEffect(() => {
    let here = true;
    void statement.then(async (s) => {
      const same = typeof value === "string" && (await isOver(value, s));
      if (here) setGood(same);
    });
    return () => void (here = false);
  }, [p.answers]);
  const sign = async () => {
    setFailed(undefined);
    try {
      p.change(p.pointer, await signed(await statement));
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <Group {...p}>
      {good && <Notice kind="good" title={t("common.form.signed")} />}
      {!good && typeof value === "string" && <Notice kind="warn" title={t("common.form.sign-again")} />}
      {failed !== undefined && <Notice kind="warn" title={t("common.passkey-refused")} />}
      <div class="buttons">
        <Button kind="quiet" run={sign}>
          {t("common.form.sign")}
        </Button>
        {typeof value === "string" && (
          <Button kind="quiet" run={() => p.change(p.pointer, undefined)}>
            {t("common.form.sign-not")}
          </Button>
        )}
      </div>
      <p class="help">{t("common.form.sign-help")}</p>
    </Group>
  );
}

const kinds: Record<string, (p: FieldProps) => preact.JSX.Element> = {
  long: Long,
  choice: Choice,
  yesno: YesNo,
  country: Country,
  nationality: Nationality,
  date: DateField,
  signature: (p) => (location.pathname.split("/")[2] === "desk" ? <OnPaper {...p} /> : <Signature {...p} />),
};

export function FormField(p: FieldProps) {
  const schema = schemaAt(p.form, p.pointer);
  const Kind = schema?.properties ? Composite : (kinds[p.field.kind] ?? Line);
  return <Kind {...p} />;
}
