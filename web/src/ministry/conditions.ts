// conditions.ts - the rules of a service, as far as they can be said in words
//
// A rule is JSONLogic. What compares an answer with what it may be is said with the words of the service's own form; of
// the rest it is only said that there is a condition.
import type { FeeChoice } from "../base/answers";
import { countries } from "../base/countries";
import { wordKey } from "../base/labels";
import { type ServiceForm, schemaAt, wordsOf } from "../base/model";
import { country, homeCode, language, number, stateCode, stateName, t } from "../base/words";

type Rule = Record<string, unknown>;

/** A list of countries may be long: so many are named. */
const FEW = 6;
const or = new Intl.ListFormat(language, { type: "disjunction" });
const isRule = (x: unknown): x is Rule => typeof x === "object" && x !== null && !Array.isArray(x);
const listOf = (x: unknown): unknown[] => (Array.isArray(x) ? x : [x]);

/** "answers.booklet.pages" as the pointer of a field; undefined for what is no answer. */
function answered(x: unknown): string | undefined {
  const path = isRule(x) ? listOf(x["var"])[0] : undefined;
  return typeof path === "string" && path.startsWith("answers.") ? `/${path.slice(8).replaceAll(".", "/")}` : undefined;
}

/** A country by either code (ISO 3166-1), the state's own by its name; anything else as it stands. */
export function countryIn(code: string): string {
  if (code === homeCode || code === stateCode) return stateName;
  const two = code.length === 3 ? countries.find(([, three]) => three === code)?.[0] : code;
  return two ? country(two) : code;
}

const valueIn = (value: unknown, pointer: string, words: Record<string, string>): string =>
  typeof value === "number" ? number(value) : (words[`option.${wordKey(pointer)}.${value}`] ?? (/^[A-Z]{2,3}$/.test(String(value)) ? countryIn(String(value)) : String(value)));

const field = (pointer: string, words: Record<string, string>) => words[`field.${wordKey(pointer)}`] ?? wordKey(pointer);

/** "How soon: urgent". */
function chosen(pointer: string, values: unknown[], words: Record<string, string>): string {
  const few = values.length > FEW ? values.slice(0, FEW - 1) : values;
  const said = few.map((v) => valueIn(v, pointer, words));
  return `${field(pointer, words)}: ${or.format(few === values ? said : [...said, t("ministry.condition.others", { n: values.length - few.length })])}`;
}

const turned: Record<string, string> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==", "===": "!=" };

function compared(op: string, [left, right]: unknown[], words: Record<string, string>): string | undefined {
  if (isRule(left) && "sifara.age" in left && typeof right === "number") return t(`ministry.condition.age-${op === "<" ? "under" : op === ">=" ? "from" : "at"}`, { n: right });
  const pointer = answered(left);
  if (!pointer || isRule(right) || right === null || typeof right === "object") return undefined;
  if (op === "==" || op === "===") return chosen(pointer, [right], words);
  if (op === "!=") return t("ministry.condition.not", { what: chosen(pointer, [right], words) });
  return t(`ministry.condition.${{ "<": "less", "<=": "at-most", ">": "more", ">=": "at-least" }[op]}`, { what: field(pointer, words), n: typeof right === "number" ? right : String(right) });
}

/** Each part in words, those that have none as one condition of the rules. */
function all(parts: unknown[], words: Record<string, string>): string {
  const said = parts.map((p) => inWords(p, words));
  const known = said.filter((s) => s !== undefined);
  return [...known, ...(known.length < said.length ? [t("ministry.condition.other")] : [])].join(" · ");
}

function inWords(rule: unknown, words: Record<string, string>): string | undefined {
  if (!isRule(rule)) return undefined;
  const [op, args] = Object.entries(rule)[0] ?? [];
  const list = listOf(args);
  if (op === "try") return inWords(list[0], words);
  if (op === "and") return all(list, words);
  if (op === "!") {
    const what = inWords(list[0], words);
    return what && t("ministry.condition.not", { what });
  }
  if (op === "in") {
    const pointer = answered(list[0]);
    return pointer && Array.isArray(list[1]) ? chosen(pointer, list[1], words) : undefined;
  }
  return op && op in turned ? compared(op, list, words) : undefined;
}

/** A condition of the service in words; undefined where it has none. */
export const ruleIn = inWords;

/** The one thing that is compared, if what went before compares one thing alone. */
function options(before: unknown[]): { pointer: string; values: unknown[] } | undefined {
  let pointer: string | undefined;
  const values: unknown[] = [];
  for (const rule of before) {
    const [op, args] = isRule(rule) ? (Object.entries(rule)[0] ?? []) : [];
    const [left, right] = listOf(args);
    const at = answered(left);
    if (!at || (pointer && pointer !== at) || (op !== "==" && op !== "in")) return undefined;
    pointer = at;
    values.push(...listOf(right));
  }
  return pointer ? { pointer, values } : undefined;
}

/** What is left when none of those before holds: the other choices of a field, or the opposite of one rule. */
function otherwise(before: unknown[], form: ServiceForm): string {
  const words = wordsOf(form);
  const known = options(before);
  const left = known && schemaAt(form.form, known.pointer)?.enum?.filter((v) => !known.values.includes(v));
  if (known && left?.length) return chosen(known.pointer, left, words);
  let only = before.length === 1 ? before[0] : undefined;
  while (isRule(only) && "try" in only) only = listOf(only["try"])[0];
  const [op, args] = isRule(only) ? (Object.entries(only)[0] ?? []) : [];
  const opposite = op && turned[op] && inWords({ [turned[op]]: args }, words);
  return opposite || t("ministry.condition.otherwise");
}

/** When the fee is this amount: each choice above it. */
export function whenIn(when: FeeChoice[], form: ServiceForm): string {
  const words = wordsOf(form);
  return when.map((c) => (c.rule === undefined ? otherwise(c.before, form) : (inWords(c.rule, words) ?? t("ministry.condition.other")))).join(" · ");
}
