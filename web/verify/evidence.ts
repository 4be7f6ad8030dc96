// evidence.ts - letters of credence and proofs of dispatches (docs/channel-protocol.md, chapters 2, 3 and 9)
import { sha256 } from "@noble/hashes/sha2";
import { base64, bytes, concat, count, equal, hex, text, unhex } from "./bytes.js";
import { checkPolicy, keyOf, mustBeSigned, readKey, readNote, signedAt, type Key, type Note } from "./note.js";

export interface Letter {
  state: string;
  name: string;
  title: string;
  log: Uint8Array;
  mirror: Key;
  witness: Key;
  fingerprint: string[];
}

export interface Finding {
  kind: string;
  at: number;
  correlation: string;
  index: number;
  size: number;
  origin: string;
  sender: Letter;
  receipt?: { letter: Letter; at: number };
  witnesses: { letter: Letter; at: number }[];
  payload: boolean;
}

const PROOF_BYTES = 8192;
const LETTER_BYTES = 16384;

function field(note: string, name: string): string {
  const lines = note.split("\n").filter((l) => l.startsWith(name + " "));
  if (lines.length !== 1) throw new Error(`no line "${name}"`);
  return lines[0]!.slice(name.length + 1);
}

// ISO 7064 MOD 97-10 over the number of the line and its 64 bits
function fingerprintOf(root: string): string[] {
  const digits = hex(sha256(bytes(root))).toUpperCase();
  return [0, 1, 2, 3].map((i) => {
    const line = digits.slice(16 * i, 16 * i + 16);
    const r = ((BigInt(i + 1) << 64n) + BigInt("0x" + line)) % 97n;
    const check = 98n - ((r * 100n) % 97n);
    return `${line.match(/..../g)!.join(" ")} ${check.toString().padStart(2, "0")}`;
  });
}

export function readLetter(file: Uint8Array): Letter {
  if (file.length > LETTER_BYTES) throw new Error("a letter of credence is smaller");
  const two = JSON.parse(text(file)) as { credence?: unknown; keyset?: unknown };
  if (typeof two.credence !== "string" || typeof two.keyset !== "string") throw new Error("no letter of credence");
  const letter = readNote(two.credence);
  const keyset = readNote(two.keyset);
  const root = readKey(field(letter.text, "root"));
  if (!letter.text.startsWith("sifara-credence/1\nstate ") || !keyset.text.startsWith("sifara-keyset/1\nstate ") || root.cosigner)
    throw new Error("no letter of credence");
  mustBeSigned(letter, root);
  mustBeSigned(keyset, root);
  const name = field(letter.text, "name");
  const state = field(letter.text, "state");
  if (name !== field(keyset.text, "name") || state !== field(keyset.text, "state")) throw new Error("a keyset of another node");
  return {
    state,
    name,
    title: field(letter.text, "title"),
    log: base64(field(keyset.text, "log 01"), 32),
    mirror: keyOf(`${name}/mirror`, true, base64(field(keyset.text, "mirror 04"), 32)),
    witness: keyOf(`${name}/witness`, true, base64(field(keyset.text, "witness 04"), 32)),
    fingerprint: fingerprintOf(field(letter.text, "root")),
  };
}

interface Proof {
  entry: string;
  salt?: Uint8Array;
  index: number;
  path: Uint8Array[];
  note: Note;
}

function readProof(file: Uint8Array): Proof {
  if (file.length > PROOF_BYTES) throw new Error("a proof is smaller");
  const all = text(file);
  const [magic, extra, index, ...rest] = all.split("\n");
  const end = rest.indexOf("");
  if (magic !== "c2sp.org/tlog-proof@v1" || !extra?.startsWith("extra ") || !index?.startsWith("index ") || end < 0 || end > 63)
    throw new Error("not a proof with an entry");
  const more = JSON.parse(text(base64(extra.slice(6)))) as { entry?: unknown; salt?: unknown };
  if (typeof more.entry !== "string") throw new Error("a proof without its entry");
  const salted = typeof more.salt === "string" && /^[0-9a-fA-F]{64}$/.test(more.salt);
  return {
    entry: more.entry,
    ...(salted ? { salt: unhex(more.salt as string, 32) } : {}),
    index: count(index.slice(6)),
    path: rest.slice(0, end).map((h) => base64(h, 32)),
    note: readNote(rest.slice(end + 1).join("\n")),
  };
}

const inner = (left: Uint8Array, right: Uint8Array) => sha256(concat(Uint8Array.of(1), left, right));

// RFC 9162, 2.1.3.2: from the leaf up to the root
function isIncluded(p: Proof, size: number, root: Uint8Array): boolean {
  let fn = BigInt(p.index);
  let sn = BigInt(size) - 1n;
  let r = sha256(concat(Uint8Array.of(0), bytes(p.entry)));
  if (p.index >= size) return false;
  for (const h of p.path) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      r = inner(h, r);
      while (!(fn & 1n) && fn) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      r = inner(r, h);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(r, root);
}

// Throws where the proof does not hold.
export function checkEvidence(file: Uint8Array, letters: Letter[], payload?: Uint8Array, policy?: string): Finding {
  const p = readProof(file);
  const entry = JSON.parse(p.entry) as Record<string, unknown>;
  const [origin, size, root, ...extensions] = p.note.text.slice(0, -1).split("\n");
  if (!origin || !size || !root || extensions.includes("")) throw new Error("not a checkpoint");
  if (entry["v"] !== 1 || typeof entry["kind"] !== "string" || typeof entry["at"] !== "number" || typeof entry["correlation"] !== "string")
    throw new Error("the entry lacks something");
  const sender = letters.find((l) => signedAt(p.note, keyOf(origin, false, l.log)) !== undefined);
  if (!sender) throw new Error("no key of a sender is known");
  if (!isIncluded(p, count(size), base64(root, 32))) throw new Error("the entry is not in the log at that index");
  const seen = (key: (l: Letter) => Key) =>
    letters.flatMap((letter) => {
      const at = signedAt(p.note, key(letter));
      return at === undefined ? [] : [{ letter, at: at * 1000 }];
    });
  const receipt = seen((l) => l.mirror)[0];
  const witnesses = seen((l) => l.witness);
  if (policy !== undefined) checkPolicy(policy, p.note);
  if (payload) {
    const is = p.salt && hex(sha256(concat(p.salt, payload)));
    if (!is || is !== entry["content"]) throw new Error("this is not the payload that was sent");
  }
  return {
    kind: entry["kind"],
    at: entry["at"],
    correlation: entry["correlation"],
    index: p.index,
    size: count(size),
    origin,
    sender,
    ...(receipt ? { receipt } : {}),
    witnesses,
    payload: payload !== undefined,
  };
}
