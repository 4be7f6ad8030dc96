// sign.ts - what a person signs of their answers (src/service/signing.c says in which form)
import { sha256 } from "./digest";
import type { Answers } from "./model";

/** RFC 8785: members in the order of their UTF-16 units; strings and numbers are as JSON.stringify has them. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, v]) => v !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
}

/** The statement over the answers of the draft at this address, without the signature itself. */
export async function statementOf(answers: Answers, pointer: string): Promise<string> {
  const rest = Object.fromEntries(Object.entries(answers).filter(([name]) => `/${name}` !== pointer));
  return JSON.stringify({ answers: await sha256(canonical(rest)), case: /\/cases\/([^/]+)/.exec(location.pathname)?.[1] });
}
