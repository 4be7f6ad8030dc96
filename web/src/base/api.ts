// api.ts - what is asked of the node, and what it answers when it says no
//
// The session is a cookie that scripts cannot read. A write that may come twice (a bad line, a double
// click) carries a key by which the node knows it again.
import type { Clause, Decision } from "./answers";
import { language } from "./words";

/** RFC 9457, as the node writes it. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: { pointer: string; detail: string }[];
  decision?: Decision;
}

/** Why the policy said no. */
export type { Clause, Decision };

export class Problem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.detail ?? body.title);
  }
  get status(): number {
    return this.body.status;
  }
  /** "schema" of "/problems/schema". */
  get slug(): string {
    return this.body.type.split("/").pop() ?? "";
  }
}

/** The line is down: the node was not reached. */
export class Unreached extends Error {}

/** What comes along when a text is copied from elsewhere: marks that nobody sees and that turn what is read. The
 * node takes none of them. */
const UNSEEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069\uFEFF]/g;
const seen = (_: string, value: unknown) => (typeof value === "string" ? value.replace(UNSEEN, "") : value);

type Method = "GET" | "POST" | "PUT" | "DELETE";

interface Options {
  /** The same for each try of one act. */
  key?: string;
  signal?: AbortSignal;
}

export async function call<T>(method: Method, path: string, body?: unknown, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method === "POST") headers["Idempotency-Key"] = options.key ?? crypto.randomUUID();
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body, seen) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Unreached();
  }
  return read<T>(answer);
}

async function read<T>(answer: Response): Promise<T> {
  const text = await answer.text();
  const json = answer.headers.get("Content-Type")?.includes("json") && text ? JSON.parse(text) : undefined;
  if (!answer.ok) throw new Problem(json ?? { type: "", title: answer.statusText, status: answer.status });
  return (json ?? text) as T;
}

export const get = <T>(path: string, options?: Options) => call<T>("GET", path, undefined, options);
export const post = <T>(path: string, body?: unknown, options?: Options) => call<T>("POST", path, body, options);
export const put = <T>(path: string, body?: unknown, options?: Options) => call<T>("PUT", path, body, options);
export const del = <T>(path: string) => call<T>("DELETE", path);

/** Sends a file and says how far it has come; fetch cannot say that. */
export function upload<T>(path: string, file: Blob, progress: (share: number) => void, signal?: AbortSignal): Promise<T> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", language);
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    request.onerror = () => failed(new Unreached());
    request.onabort = () => failed(new DOMException("", "AbortError"));
    request.onload = () => {
      let json: unknown;
      try {
        json = JSON.parse(request.responseText);
      } catch {
        json = undefined;
      }
      if (request.status < 300) done(json as T);
      else failed(new Problem((json as ProblemBody) ?? { type: "", title: request.statusText, status: request.status }));
    };
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** A query of what is given; what is undefined is left out. */
export function query(values: Record<string, string | number | undefined>): string {
  const list = Object.entries(values).filter(([, v]) => v !== undefined && v !== "");
  return list.length ? `?${new URLSearchParams(list.map(([k, v]) => [k, String(v)]))}` : "";
}
