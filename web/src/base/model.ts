// model.ts - what the node tells about services, cases and persons, and ways through it
import type { FormSchema, PlanField as Planned, ServiceForm } from "./answers";
import { language } from "./words";

export type {
  Asked,
  Attachment,
  Authority,
  CaseFile,
  CaseRow,
  FormSchema as Schema,
  Message,
  Mission,
  Named,
  NextStep,
  PlanPage,
  ServiceForm,
  ServiceRow,
  Step,
} from "./answers";

export interface PlanField extends Planned {
  /** Shown because a rule holds: what its object requires is then required. */
  due?: boolean;
}

export type Answers = Record<string, unknown>;

/** A member of the answers by JSON Pointer (RFC 6901). */
export function at(answers: unknown, pointer: string): unknown {
  let here: unknown = answers;
  for (const part of parts(pointer)) {
    if (here === null || typeof here !== "object") return undefined;
    here = (here as Record<string, unknown>)[part];
  }
  return here;
}

function parts(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((p) => p.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The answers with one member changed; undefined takes it away, and what is empty then. */
export function withAt(answers: Answers, pointer: string, value: unknown): Answers {
  return (put(answers, parts(pointer), value) as Answers | undefined) ?? {};
}

function put(here: unknown, path: string[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (/^\d+$/.test(first)) {
    const list = Array.isArray(here) ? [...here] : [];
    const item = put(list[Number(first)], rest, value);
    if (item === undefined && rest.length === 0) list.splice(Number(first), 1);
    else list[Number(first)] = item ?? {};
    return list.length ? list : undefined;
  }
  const object = { ...((here ?? {}) as Record<string, unknown>) };
  const member = put(object[first], rest, value);
  if (member === undefined) delete object[first];
  else object[first] = member;
  return Object.keys(object).length ? object : undefined;
}

/** The schema of a field: "/guardians/0/name" looks into the items. */
export function schemaAt(form: FormSchema, pointer: string): FormSchema | undefined {
  let here: FormSchema | undefined = form;
  for (const part of parts(pointer)) here = here?.properties?.[part] ?? (/^(\d+|\*)$/.test(part) ? here?.items : undefined);
  return here;
}

/** Must it be answered? What an object requires counts where the object is there, or required itself, or was
 * asked for by a rule. Rules of the form may ask for more: the node says so. */
export function isRequired(form: FormSchema, pointer: string, answers: Answers, due = false): boolean {
  const path = parts(pointer);
  const last = path.pop() ?? "";
  if (/^\d+$/.test(last)) return true;
  const above = path.length ? `/${path.join("/")}` : "";
  if (!schemaAt(form, above)?.required?.includes(last)) return false;
  return due || !above || at(answers, above) !== undefined || isRequired(form, above, answers);
}

/** The words of a service in the reader's language; English stands in for what it lacks. */
export function wordsOf(form: ServiceForm): Record<string, string> {
  return { ...form.words["en"], ...form.words[language] };
}
