// session.ts - who is signed in, as far as this page knows; the node decides
import type { Session } from "./answers";
import { get } from "./api";

let known: Session | null | undefined;
const changed = new Set<(s: Session | null) => void>();

export async function session(): Promise<Session | null> {
  if (known !== undefined) return known;
  const who = await get<Session | Record<string, never>>("/v1/sessions/current");
  return set("id" in who ? (who as Session) : null);
}

export function set(s: Session | null): Session | null {
  known = s;
  changed.forEach((f) => f(s));
  return s;
}

export function onSession(f: (s: Session | null) => void): () => void {
  changed.add(f);
  return () => void changed.delete(f);
}
