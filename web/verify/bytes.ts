// bytes.ts - bytes and texts, strictly: what does not decode to exactly one thing is refused
export const text = (b: Uint8Array): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b);
export const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);

export function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

export const hex = (b: Uint8Array): string => [...b].map((x) => x.toString(16).padStart(2, "0")).join("");

export function unhex(s: string, n?: number): Uint8Array {
  if (!/^([0-9a-fA-F]{2})*$/.test(s) || (n !== undefined && s.length !== 2 * n)) throw new Error("not hexadecimal");
  return Uint8Array.from(s.match(/../g) ?? [], (x) => parseInt(x, 16));
}

// RFC 4648 with padding, and no bit set that says nothing
export function base64(s: string, n?: number): Uint8Array {
  if (s.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(s)) throw new Error("not base64");
  const out = Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
  if (btoa(String.fromCharCode(...out)) !== s || (n !== undefined && out.length !== n)) throw new Error("not base64");
  return out;
}

// without padding, RFC 4648 section 5
export function base64url(s: string): Uint8Array {
  const plain = s.replaceAll("-", "+").replaceAll("_", "/");
  return base64(plain.padEnd(Math.ceil(plain.length / 4) * 4, "="));
}

export function count(s: string): number {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(s)) throw new Error("not a count");
  return Number(s);
}
