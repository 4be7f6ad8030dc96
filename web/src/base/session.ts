// session.ts - who is signed in, as far as this page knows; the node decides
import { get, Problem } from "./api";

export interface Session {
  id: string;
  as: "person" | "officer";
  mission?: string;
  roles?: string[];
}

let known: Session | null | undefined;
const changed = new Set<(s: Session | null) => void>();

export async function session(): Promise<Session | null> {
  if (known !== undefined) return known;
  try {
    return set(await get<Session>("/v1/sessions/current"));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return set(null);
    throw error;
  }
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
