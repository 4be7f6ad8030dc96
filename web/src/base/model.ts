// model.ts - what the node tells about services, cases and persons
import type { Decision } from "./api";
import { language } from "./words";

export interface ServiceRow {
  name: string;
  version: string;
  title: string;
  lead: string;
  audience: string;
  life_events: string[];
  keywords: string[];
  promise_days: number;
}

export type Answers = Record<string, unknown>;

export interface PlanField {
  at: string;
  kind: string;
  label?: string;
  help?: string;
  dates?: string[];
  when?: unknown;
  /** Shown because a rule holds: what its object requires is then required. */
  due?: boolean;
}

export interface PlanPage {
  id: string;
  title: string;
  help?: string;
  when?: unknown;
  repeat?: { at: string; min: number; max: number; item: string };
  fields: PlanField[];
}

export interface Schema {
  type?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  format?: string;
}

export interface ServiceForm {
  service: { name: string; version: string; promise_days: number; legal_basis: string[]; audience: string };
  form: Schema;
  pages: PlanPage[];
  words: Record<string, Record<string, string>>;
}

export interface Named {
  id: string;
  text: string;
}

/** What the node says to answers so far: what is open, asked, owed, and does not hold. */
export interface Asked {
  /** all of them, where no answers were given; else which do not hold */
  conditions?: Named[];
  eligible?: boolean;
  reasons?: Named[];
  fee: { amount: number; currency: string; items: (Named & { amount: number })[]; waivers: Named[] };
  documents: Named[];
  pages: { id: string; title: string; fields: string[] }[];
  promise_days: number;
}

export interface Mission {
  code: string;
  kind: string;
  country: string;
  zone: string;
  currency: string;
  name: Record<string, string>;
}

export interface Authority {
  country: string;
  authority: string;
  resident: boolean;
  mission?: Mission;
}

export interface CaseRow {
  id: string;
  /** Somebody else, for whom the person acts. */
  for?: string;
  service: string;
  mission: string;
  state: string;
  state_text?: string;
  due: string;
  updated: string;
}

export interface Step {
  step: number;
  at: string;
  event: string;
  text: string;
  role: string;
  mission?: string;
  note?: { text?: string; fields?: string[] } & Record<string, unknown>;
}

export interface NextStep {
  event: string;
  action: string;
  text: string;
  asks?: { name: string; text: string }[];
  waits_for_fee?: boolean;
  /** To an officer: why the policy would say no. */
  refused?: Decision;
}

export interface Attachment {
  id: string;
  size: number;
  type: string;
  name: string;
}

export interface CaseFile {
  id: string;
  service: string;
  country: string;
  mission: string;
  state: string;
  state_text: string;
  turn?: "person" | "officer" | "node";
  until?: string;
  revision: number;
  /** How and on which day it came. */
  channel?: "online" | "counter" | "post";
  received?: string;
  filed?: string;
  clock_paused?: boolean;
  due?: string;
  fee?: { amount: number; currency: string; paid: number; owed: number };
  answers: Answers;
  attachments: Attachment[];
  documents: { id: string; number: string; state: string }[];
  steps: Step[];
  next: NextStep[];
  /** To an officer: cases of the same service that may be the same one. */
  similar?: { id: string; mission: string; state: string; state_text?: string; filed: string; why: "same-person" | "same-name-or-number" }[];
  /** Who is awaited, since when, how many working days over the promise. */
  waits?: { for: "person" | "mission" | "ministry" | "node"; since: string; taken: boolean; late: number };
  messages: Message[];
  awaits?: "person" | "mission";
  remarks?: Message[];
  /** There once it may be given; with the score once it was. */
  rating?: { score?: number };
}

export interface Message {
  message: number;
  at: string;
  role: string;
  text: string;
  seen?: string;
}

export interface Booking {
  id: string;
  /** as the mission's clocks show it */
  at: string;
  starts: string;
  counter: number;
  state: "offered" | "booked" | "arrived";
  until?: string;
}

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
export function schemaAt(form: Schema, pointer: string): Schema | undefined {
  let here: Schema | undefined = form;
  for (const part of parts(pointer)) here = here?.properties?.[part] ?? (/^(\d+|\*)$/.test(part) ? here?.items : undefined);
  return here;
}

/** Must it be answered? What an object requires counts where the object is there, or required itself, or was
 * asked for by a rule. Rules of the form may ask for more: the node says so. */
export function isRequired(form: Schema, pointer: string, answers: Answers, due = false): boolean {
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
