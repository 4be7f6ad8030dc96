// shown.tsx - answers as a person reads them: in the words of the service, not as they are stored
import { Day, Pairs, Typed, type Pair } from "./ui";
import { country, number, stateCode, stateName, t } from "./words";
import { countries } from "./countries";
import { labelOf, wordKey } from "./labels";
import type { Answers, PlanField, Schema } from "./model";
import { at, schemaAt } from "./model";

function nationality(code: string): string {
  if (code === stateCode) return stateName;
  const found = countries.find(([, three]) => three === code);
  return found ? country(found[0]) : code;
}

function value(field: PlanField, pointer: string, schema: Schema | undefined, v: unknown, words: Record<string, string>) {
  if (typeof v === "boolean") return t(v ? "common.yes" : "common.no");
  if (typeof v === "number") return number(v);
  if (typeof v !== "string") return v === undefined ? t("common.none") : JSON.stringify(v);
  if (schema?.enum) return words[`option.${wordKey(pointer)}.${v}`] ?? v;
  if (field.kind === "signature") return t(v === "on-paper" ? "common.signed-on-paper" : "common.signed-with-passkey");
  if (field.kind === "date" && /^\d{4}-\d\d-\d\d$/.test(v)) return <Day on={v} />;
  if (field.kind === "nationality") return nationality(v);
  if (field.kind === "country" || pointer.endsWith("/country")) return country(v);
  return <Typed>{v}</Typed>;
}

function pairs(field: PlanField, pointer: string, form: Schema, answers: Answers, words: Record<string, string>): Pair[] {
  const schema = schemaAt(form, pointer);
  if (schema?.properties)
    return Object.keys(schema.properties)
      .filter((name) => at(answers, `${pointer}/${name}`) !== undefined)
      .flatMap((name) => pairs({ at: `${field.at}/${name}`, kind: "" }, `${pointer}/${name}`, form, answers, words));
  return [[labelOf(field, pointer, words), value(field, pointer, schema, at(answers, pointer), words)]];
}

interface ShownProps {
  fields: [PlanField, string][];
  form: Schema;
  answers: Answers;
  words: Record<string, string>;
}

/** The fields that have an answer. */
export function answered(fields: [PlanField, string][], answers: Answers): [PlanField, string][] {
  return fields.filter(([, pointer]) => at(answers, pointer) !== undefined);
}

export function Shown(props: ShownProps) {
  return <Pairs list={props.fields.flatMap(([f, p]) => pairs(f, p, props.form, props.answers, props.words))} />;
}
