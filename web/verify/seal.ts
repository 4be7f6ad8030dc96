// seal.ts - visible digital seals (ICAO Doc 9303-13) against the list of a state's authorities and signers
import { p256 } from "@noble/curves/p256";
import { p384 } from "@noble/curves/p384";
import { sha256, sha384 } from "@noble/hashes/sha2";
import { base64, bytes, equal, hex, text } from "./bytes.js";

export type Verdict = "valid" | "bad-signature" | "unknown-signer" | "untrusted-signer" | "signer-expired" | "revoked";

export interface Seal {
  country: string;
  signer: string;
  reference: string;
  issued: string;
  signedOn: string;
  messages: { tag: number; value: string }[];
  signed: Uint8Array;
  signature: Uint8Array;
}

const DAY = 86400000;

// ---- the bytes of a seal

function c40(b: Uint8Array): string {
  const set = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  let out = "";
  if (b.length % 2) throw new Error("half a pair of C40");
  for (let i = 0; i < b.length; i += 2) {
    const [one, two] = [b[i]!, b[i + 1]!];
    if (one === 254) {
      if (two < 0x21 || two > 0x80) throw new Error("not C40");
      out += String.fromCharCode(two - 1);
      continue;
    }
    const v = one * 256 + two - 1;
    if (v < 0) throw new Error("not C40");
    for (const k of [Math.floor(v / 1600), Math.floor(v / 40) % 40, v % 40]) {
      if (k === 0) continue; // the filler
      const c = set[k - 3];
      if (c === undefined) throw new Error("not C40");
      out += c;
    }
  }
  return out;
}

function shown(b: Uint8Array): string {
  try {
    const s = text(b);
    if (/^[\P{Cc}\n]+$/u.test(s)) return s;
  } catch {
    // not a text: C40, or bytes
  }
  try {
    return c40(b);
  } catch {
    return hex(b);
  }
}

class Reader {
  at = 0;
  constructor(readonly b: Uint8Array) {}
  take(n: number): Uint8Array {
    if (this.at + n > this.b.length) throw new Error("the seal is cut off");
    return this.b.subarray(this.at, (this.at += n));
  }
  byte(): number {
    return this.take(1)[0]!;
  }
  date(): string {
    const v = (this.byte() << 16) | (this.byte() << 8) | this.byte();
    const [month, day, year] = [Math.floor(v / 1000000), Math.floor(v / 10000) % 100, v % 10000];
    const s = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    const t = Date.parse(s + "T00:00:00Z");
    if (v && (Number.isNaN(t) || new Date(t).toISOString().slice(0, 10) !== s)) throw new Error("a date that is none");
    return s;
  }
  length(): number {
    const n = this.byte();
    if (n < 0x80) return n;
    if (n === 0x81) return this.byte();
    if (n === 0x82) return (this.byte() << 8) | this.byte();
    throw new Error("a length that is none");
  }
}

export function readSeal(b: Uint8Array): Seal {
  const r = new Reader(b);
  if (r.byte() !== 0xdc) throw new Error("not a seal");
  const version = r.byte();
  const country = c40(r.take(2)).trimEnd();
  let signer: string;
  let reference: string;
  if (version === 2) {
    const all = c40(r.take(6));
    [signer, reference] = [all.slice(0, 4), all.slice(4)];
  } else if (version === 3) {
    const head = c40(r.take(4));
    const n = /^[0-9A-F]{2}$/.test(head.slice(4)) ? parseInt(head.slice(4), 16) : 0;
    reference = c40(r.take(Math.floor((n + 2) / 3) * 2));
    signer = head.slice(0, 4);
    if (n === 0 || reference.length !== n) throw new Error("a reference of another length");
  } else {
    throw new Error("a seal of another version");
  }
  const issued = r.date();
  const signedOn = r.date();
  r.take(2); // the type of the document: what its messages are called
  const messages = [];
  for (;;) {
    const before = r.at;
    const tag = r.byte();
    const value = r.take(r.length());
    if (tag !== 0xff) {
      messages.push({ tag, value: shown(value) });
      continue;
    }
    if (r.at !== b.length) throw new Error("something follows the signature");
    return { country, signer, reference, issued, signedOn, messages, signed: b.subarray(0, before), signature: value };
  }
}

// ---- certificates, as far as they matter here

interface Certificate {
  reference: string;
  country: string;
  issuer: Uint8Array;
  subject: Uint8Array;
  from: number;
  to: number;
  tbs: Uint8Array;
  signature: Uint8Array;
  curve: typeof p256;
  hash: typeof sha256;
  key: Uint8Array;
}

interface Tlv {
  tag: number;
  value: Uint8Array;
  whole: Uint8Array;
}

function* tlvs(b: Uint8Array): Generator<Tlv> {
  const r = new Reader(b);
  while (r.at < b.length) {
    const start = r.at;
    const tag = r.byte();
    const value = r.take(r.length());
    yield { tag, value, whole: b.subarray(start, r.at) };
  }
}

const list = (t: Tlv | undefined): Tlv[] => {
  if (!t || (t.tag !== 0x30 && t.tag !== 0x31)) throw new Error("not a certificate");
  return [...tlvs(t.value)];
};

function time(t: Tlv | undefined): number {
  const s = text(t?.value ?? new Uint8Array());
  const m = /^((?:\d\d)?\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(s);
  if (!m) throw new Error("a time of a certificate");
  const y = m[1]!.length === 4 ? m[1]! : (Number(m[1]) < 50 ? "20" : "19") + m[1]!;
  return Date.parse(`${y}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`);
}

// The part of a name: 2.5.4.6 is the country, 2.5.4.3 the common name.
function part(name: Tlv, last: number): string {
  for (const set of list(name))
    for (const pair of list(set)) {
      const [oid, value] = list(pair);
      if (oid && value && equal(oid.value, Uint8Array.of(0x55, 0x04, last))) return text(value.value);
    }
  throw new Error("a name of a certificate lacks something");
}

const curves: Record<string, { curve: typeof p256; hash: typeof sha256 }> = {
  "2a8648ce3d030107": { curve: p256, hash: sha256 },
  "2b81040022": { curve: p384, hash: sha384 as unknown as typeof sha256 },
};

function readCertificate(coded: unknown): Certificate {
  if (typeof coded !== "string") throw new Error("no certificate");
  const inside = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(coded)?.[1] ?? coded;
  const whole = [...tlvs(base64(inside.replace(/\s/g, "")))][0];
  const [tbs, , signature] = list(whole);
  const fields = list(tbs).filter((f) => f.tag !== 0xa0);
  const [serial, , issuer, validity, subject, spki] = fields;
  const [from, to] = list(validity);
  const [algorithm, point] = list(spki);
  const kind = curves[hex(list(algorithm)[1]?.value ?? new Uint8Array())];
  if (!kind || !point || !serial || !issuer || !subject || !tbs || !signature) throw new Error("a certificate of another kind");
  const country = part(subject, 6);
  const number = hex(serial.value).replace(/^0+(?=.)/, "").toUpperCase();
  return {
    ...kind,
    reference: country + part(subject, 3) + number,
    country,
    issuer: issuer.whole,
    subject: subject.whole,
    from: time(from),
    to: time(to),
    tbs: tbs.whole,
    signature: signature.value.subarray(1),
    key: point.value.subarray(1),
  };
}

const signs = (by: Certificate, c: Certificate): boolean => {
  try {
    const s = by.curve.Signature.fromDER(hex(c.signature)).toCompactRawBytes();
    return equal(by.subject, c.issuer) && by.curve.verify(s, by.hash(c.tbs), by.key, { lowS: false });
  } catch {
    return false;
  }
};

// ---- whom to trust

export interface Trust {
  authorities: { state: string; certificate: Certificate }[];
  signers: Certificate[];
}

export function readTrust(json: string): Trust {
  const j = JSON.parse(json) as { format?: unknown; authorities?: Record<string, unknown>[]; signers?: Record<string, unknown>[] };
  if (j.format !== "sifara-trust-list/1" || !Array.isArray(j.authorities) || !Array.isArray(j.signers)) throw new Error("no list");
  const authorities = j.authorities.map((a) => ({ state: String(a["state"]), certificate: readCertificate(a["certificate"]) }));
  if (!authorities.every((a) => signs(a.certificate, a.certificate))) throw new Error("an authority that is none");
  return { authorities, signers: j.signers.map((s) => readCertificate(s["certificate"])) };
}

// A list of what its state revoked, signed by an authority: RFC 8785 of all but the signature.
export function readRevocations(list: Record<string, unknown>, t: Trust): Set<string> {
  const { signature, ...rest } = list;
  const canonical = (v: unknown): unknown =>
    Array.isArray(v)
      ? v.map(canonical)
      : v && typeof v === "object"
        ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, w]) => [k, canonical(w)]))
        : v;
  if (rest["format"] !== "sifara-revocations/1" || !Array.isArray(rest["revoked"]) || typeof signature !== "string") throw new Error("no list");
  const said = bytes(JSON.stringify(canonical(rest)));
  const by = t.authorities.filter((a) => a.state === rest["state"]).map((a) => a.certificate);
  if (!by.some((c) => c.curve.verify(base64(signature), c.hash(said), c.key, { lowS: false }))) throw new Error("nobody on the list signed it");
  return new Set((rest["revoked"] as Record<string, string>[]).map((r) => r["seal"] ?? r["document"] ?? ""));
}

export function checkSeal(s: Seal, t: Trust, now: number, revoked?: Set<string>): Verdict {
  const reference = s.signer + s.reference.replace(/^0+(?=.)/, "");
  const signer = t.signers.find((c) => c.reference === reference);
  if (!signer) return "unknown-signer";
  const over = t.authorities.find(
    (a) => a.state === s.country && a.certificate.country === s.signer.slice(0, 2) && signs(a.certificate, signer),
  );
  if (!over) return "untrusted-signer";
  let good = false;
  try {
    good = signer.curve.verify(s.signature, signer.hash(s.signed), signer.key, { lowS: false });
  } catch {
    good = false;
  }
  if (!good) return "bad-signature";
  const day = Date.parse(s.signedOn + "T00:00:00Z");
  const inTime = (c: Certificate) => {
    const at = (ms: number) => c.from <= ms && ms <= c.to;
    return (at(day) || at(day + DAY - 1)) && at(now) && day <= now + DAY;
  };
  if (!inTime(signer) || !inTime(over.certificate)) return "signer-expired";
  return revoked?.has(hex(sha256(s.signed).subarray(0, 16))) ? "revoked" : "valid";
}
