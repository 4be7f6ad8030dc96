// check.ts - the first look at answers, in the browser: what a person would rather hear now than later
//
// The node decides; this only saves a way. It knows what a field says of itself, not the rules between fields.
import { t } from "./words";
import type { Mistake } from "./ui";
import type { Answers, PlanField, Schema } from "./model";
import { at, isRequired, schemaAt } from "./model";
import { labelOf } from "./labels";
import { fieldId } from "./fields";

function lengthMistake(schema: Schema, value: string): string | undefined {
  if (schema.minLength !== undefined && [...value].length < schema.minLength) return "short";
  if (schema.maxLength !== undefined && [...value].length > schema.maxLength) return "long";
  return undefined;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    return true; // written for another dialect: the node says
  }
}

/** What a pattern asks for, as far as it can be told in words. */
function patternMistake(pattern: string): string {
  if (pattern.startsWith("^[+]")) return "phone";
  if (!pattern.includes("A-Za-z")) return "form";
  return pattern.includes("0-9") ? "latin" : "letters";
}

function mistakeIn(schema: Schema, value: unknown): string | undefined {
  if (schema.enum && !schema.enum.includes(value as string)) return "choice";
  if (schema.type === "integer" || schema.type === "number") {
    if (typeof value !== "number") return "number";
    if (schema.minimum !== undefined && value < schema.minimum) return "small";
    if (schema.maximum !== undefined && value > schema.maximum) return "large";
    return undefined;
  }
  if (typeof value !== "string") return undefined;
  if (schema.format === "date" && Number.isNaN(Date.parse(`${value}T00:00:00Z`))) return "date";
  if (schema.format === "date" && !/^\d{4}-\d\d-\d\d$/.test(value)) return "date";
  const length = lengthMistake(schema, value);
  if (length) return length;
  if (schema.format === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return "email";
  if (schema.pattern && !matches(schema.pattern, value)) return patternMistake(schema.pattern);
  return undefined;
}

/** What is wrong with one field; in the words of the catalogue. */
export function check(form: Schema, answers: Answers, field: PlanField, pointer: string, words: Record<string, string>): Mistake[] {
  const schema = schemaAt(form, pointer);
  const value = at(answers, pointer);
  if (!schema) return [];
  if (schema.properties) {
    if (value === undefined && !isRequired(form, pointer, answers, field.due)) return [];
    const member = (name: string): PlanField => ({ at: `${field.at}/${name}`, kind: "", due: true });
    return Object.keys(schema.properties).flatMap((name) => check(form, answers, member(name), `${pointer}/${name}`, words));
  }
  const label = labelOf(field, pointer, words);
  const missing = value === undefined || value === "";
  if (missing && !isRequired(form, pointer, answers, field.due)) return [];
  const wrong = missing ? "missing" : mistakeIn(schema, value);
  return wrong ? [{ field: fieldId(pointer), text: t(`common.mistake.${wrong}`, { field: label }) }] : [];
}
