// quorum.ts - whom a state chose as witnesses, signed by two of its officers (docs/channel-protocol.md, chapter 11)
import { ed25519 } from "@noble/curves/ed25519";
import { sha256 } from "@noble/hashes/sha2";
import { base64url, bytes, equal, hex } from "./bytes.js";
import type { Letter } from "./evidence.js";
import { keyOf, mustBeSigned, readNote } from "./note.js";

export interface Quorum {
  state: string;
  policy: string;
}

export const isQuorum = (file: string): boolean => file.startsWith("sifara-quorum/1\n");

interface Officer {
  id: string;
  key: Uint8Array;
  signature: Uint8Array;
}

function officerOf(line: string): Officer {
  const [what, id, key, passkeys, signature, ...more] = line.split(" ");
  if (what !== "officer" || !id || !key || !passkeys || !signature || more.length) throw new Error("an officer's line that is none");
  return { id, key: base64url(key), signature: base64url(signature) };
}

// Throws where the state, or one of two officers, did not sign it.
export function readQuorum(file: string, letters: Letter[]): Quorum {
  const note = readNote(file);
  const [, state, partner, one, two, ...rest] = note.text.slice(0, -1).split("\n");
  if (!isQuorum(file) || !state?.startsWith("state ") || !partner?.startsWith("partner ") || !one || !two) throw new Error("no choice of witnesses");
  if (!rest.every((line) => line.startsWith("policy "))) throw new Error("a choice of witnesses with an unknown line");
  const letter = letters.find((l) => l.state === state.slice(6));
  if (!letter) throw new Error(`no letter of ${state.slice(6)} is here`);
  mustBeSigned(note, keyOf(`${letter.name}/quorum`, false, letter.log));
  const policy = rest.map((line) => line.slice(7) + "\n").join("");
  const said = bytes(JSON.stringify({ partner: partner.slice(8), witnesses: hex(sha256(bytes(policy))) }));
  const officers = [officerOf(one), officerOf(two)] as const;
  for (const o of officers) {
    if (o.signature.length !== 64) throw new Error("an officer signed with a passkey: check it with sifara");
    if (!ed25519.verify(o.signature, said, o.key, { zip215: false })) throw new Error("an officer's signature does not hold");
  }
  if (officers[0].id === officers[1].id || equal(officers[0].key, officers[1].key)) throw new Error("one officer signed twice");
  return { state: letter.state, policy };
}
