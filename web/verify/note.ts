// note.ts - C2SP signed notes, cosignatures and policies of witnesses
import { ed25519 } from "@noble/curves/ed25519";
import { sha256 } from "@noble/hashes/sha2";
import { base64, bytes, concat, count, equal, unhex } from "./bytes.js";

export interface Key {
  name: string;
  id: Uint8Array;
  cosigner: boolean;
  key: Uint8Array;
}

export interface Note {
  text: string;
  lines: { name: string; raw: Uint8Array }[];
}

const isName = (s: string): boolean => s.length > 0 && !/[+\s\u0085]/u.test(s);

export function keyOf(name: string, cosigner: boolean, key: Uint8Array): Key {
  const kind = Uint8Array.of(10, cosigner ? 4 : 1);
  return { name, cosigner, key, id: sha256(concat(bytes(name), kind, key)).subarray(0, 4) };
}

export function readKey(s: string): Key {
  const [name, id, coded, ...more] = s.split("+");
  // base64 may hold a plus of its own
  const raw = base64([coded, ...more].join("+"), 33);
  if (!name || !isName(name) || (raw[0] !== 1 && raw[0] !== 4)) throw new Error("not a key");
  const key = keyOf(name, raw[0] === 4, raw.subarray(1));
  if (!equal(key.id, unhex(id ?? "", 4))) throw new Error("a key whose id is of another");
  return key;
}

export function readNote(s: string): Note {
  const at = s.lastIndexOf("\n\n");
  if (at < 0 || !s.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(s)) throw new Error("not a signed note");
  const lines = s.slice(at + 2, -1).split("\n");
  if (lines.length > 64) throw new Error("too many signatures");
  return {
    text: s.slice(0, at + 1),
    lines: lines.map((line) => {
      const m = /^\u2014 (\S+) (\S+)$/u.exec(line);
      if (!m || !isName(m[1]!)) throw new Error("a signature that is none");
      const raw = base64(m[2]!);
      if (raw.length < 5) throw new Error("a signature that is none");
      return { name: m[1]!, raw };
    }),
  };
}

// Every line of that key must hold; when the first was given in seconds (0 for one without time), or undefined.
export function signedAt(note: Note, k: Key): number | undefined {
  let at: number | undefined;
  for (const { name, raw } of note.lines) {
    if (name !== k.name || !equal(raw.subarray(0, 4), k.id)) continue;
    const skip = k.cosigner ? 8 : 0;
    if (raw.length !== 4 + skip + 64) throw new Error("a signature has another length");
    const time = k.cosigner ? Number(new DataView(raw.buffer, raw.byteOffset + 4, 8).getBigUint64(0)) : 0;
    const message = k.cosigner ? `cosignature/v1\ntime ${time}\n${note.text}` : note.text;
    if (!Number.isSafeInteger(time) || !ed25519.verify(raw.subarray(4 + skip), bytes(message), k.key, { zip215: false }))
      throw new Error("a signature does not verify");
    at ??= time;
  }
  return at;
}

export function mustBeSigned(note: Note, k: Key): void {
  if (signedAt(note, k) === undefined) throw new Error("a known key did not sign");
}

// C2SP tlog-policy: does the note have enough witnesses?
export function checkPolicy(policy: string, note: Note): void {
  const has = new Map<string, boolean>();
  const used = new Set<string>();
  const keys: Uint8Array[] = [];
  let quorum: string | undefined;
  if (policy !== "" && !policy.endsWith("\n")) throw new Error("a policy with half a line");
  const define = (name: string | undefined, is: boolean) => {
    if (!name || name === "none" || has.has(name)) throw new Error("a name of a policy is there twice");
    has.set(name, is);
  };
  for (const line of policy.split("\n")) {
    const [what, ...rest] = line.split(/[ \t]+/).filter((x) => x);
    if (!what || what.startsWith("#")) continue;
    if (what === "log" && rest.length >= 1 && rest.length <= 2 && !readKey(rest[0]!).cosigner) continue;
    if (what === "witness" && rest.length >= 2 && rest.length <= 3) {
      const key = readKey(rest[1]!);
      if (!key.cosigner || keys.some((k) => equal(k, key.key))) throw new Error("a witness has another key");
      keys.push(key.key);
      define(rest[0], signedAt(note, key) !== undefined);
    } else if (what === "group" && rest.length >= 3) {
      const [name, how, ...members] = rest;
      const need = how === "all" ? members.length : how === "any" ? 1 : count(how!);
      if (need < 1 || need > members.length) throw new Error("a group of a policy is wrong");
      for (const m of members) {
        if (!has.has(m) || used.has(m)) throw new Error("a group of a policy is wrong");
        used.add(m);
      }
      define(name, members.filter((m) => has.get(m)).length >= need);
    } else if (what === "quorum" && rest.length === 1 && quorum === undefined) {
      quorum = rest[0]!;
      if (quorum !== "none" && !has.has(quorum)) throw new Error("a quorum of nobody");
    } else {
      throw new Error("a line of the policy is wrong");
    }
  }
  if (quorum === undefined) throw new Error("a policy without a quorum");
  if (quorum !== "none" && !has.get(quorum)) throw new Error("too few witnesses have cosigned");
}

