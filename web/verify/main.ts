// main.ts - the page that verifies, offline: files in, sentences out; nothing leaves it
import { base64url, text, unhex } from "./bytes.js";
import { checkEvidence, readLetter, type Letter } from "./evidence.js";
import { checkPackage, isPackage, readKeys, type PackageKey } from "./package.js";
import { isQuorum, readQuorum } from "./quorum.js";
import { checkSeal, readRevocations, readSeal, readTrust, type Trust } from "./seal.js";

declare const WORDS: Record<string, Record<string, string>>;

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const languages = ["ar", "en", "fr"];
let language = languages.find((l) => navigator.language.startsWith(l)) ?? "en";

function word(key: string, slots: Record<string, string | number> = {}): string {
  return (WORDS[language]?.[`verify.${key}`] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(slots[name] ?? ""));
}

function turn(to: string): void {
  language = to;
  document.documentElement.lang = to;
  document.documentElement.dir = to === "ar" ? "rtl" : "ltr";
  document.title = word("page.title");
  for (const e of document.querySelectorAll<HTMLElement>("[data-word]")) e.textContent = word(`page.${e.dataset["word"]}`);
  for (const b of document.querySelectorAll<HTMLElement>("[lang][data-turn]"))
    b.setAttribute("aria-pressed", String(b.dataset["turn"] === to));
}

const read = async (f: File): Promise<Uint8Array> => new Uint8Array(await f.arrayBuffer());
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

interface Trusted {
  letters: Letter[];
  seals: Trust;
  packages: PackageKey[];
  lists: Record<string, unknown>[]; // of revocations, not read yet
  quorum?: string; // a choice of witnesses, not read yet
}

function trustFile(t: Trusted, bytes: Uint8Array): void {
  const json = text(bytes);
  if (isQuorum(json)) {
    t.quorum = json;
    return;
  }
  const keys = readKeys(json);
  if (keys) {
    t.packages.push(...keys);
    return;
  }
  const parsed = JSON.parse(json) as Record<string, unknown>;
  if ("credence" in parsed) {
    t.letters.push(readLetter(bytes));
    return;
  }
  if (parsed["format"] === "sifara-revocations/1") {
    t.lists.push(parsed);
    return;
  }
  const more = readTrust(json);
  t.seals.authorities.push(...more.authorities);
  t.seals.signers.push(...more.signers);
}

// a page of ours carries its seal behind its end; binary, so read byte by byte
function sealBehind(bytes: Uint8Array): Uint8Array | undefined {
  const file = new TextDecoder("latin1").decode(bytes);
  const at = file.startsWith("%PDF-") ? file.lastIndexOf("%sifara-seal ") : -1;
  if (at < 0) return undefined;
  return base64url(file.slice(at + 13).split("\n", 1)[0] ?? "");
}

function sealOf(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] === 0xdc) return bytes;
  const behind = sealBehind(bytes);
  if (behind) return behind;
  try {
    const b = unhex(text(bytes).trim());
    return b[0] === 0xdc ? b : undefined;
  } catch {
    return undefined;
  }
}

function judgeSeal(bytes: Uint8Array, t: Trusted, page: boolean): [boolean, string[]] {
  const seal = readSeal(bytes);
  const revoked = new Set(t.lists.flatMap((list) => [...readRevocations(list, t.seals)]));
  const verdict = checkSeal(seal, t.seals, Date.now(), revoked);
  const lines = [word(`seal.${verdict}`, { state: seal.country, date: seal.issued })];
  if (verdict === "valid") lines.push(...seal.messages.map((m) => m.value));
  if (verdict === "valid" && page) lines.push(word("pdf.compare"));
  return [verdict === "valid", lines];
}

function judgePackage(bytes: Uint8Array, t: Trusted): [boolean, string[]] {
  const p = checkPackage(bytes, t.packages);
  const lines = [word("package.valid", { name: p.name, version: p.version, giver: p.giver })];
  lines.push(...p.signers.map((s) => word("package.signer", { name: s.key.name, state: s.state })));
  return [true, lines];
}

function judgeProof(bytes: Uint8Array, t: Trusted, payload: Uint8Array | undefined): [boolean, string[]] {
  const quorum = t.quorum === undefined ? undefined : readQuorum(t.quorum, t.letters);
  const f = checkEvidence(bytes, t.letters, payload, quorum?.policy);
  if (quorum && quorum.state !== f.sender.state) throw new Error("another state than the sender chose these witnesses");
  const lines = [word("proof.valid", { state: f.sender.title, kind: f.kind, date: day(f.at), index: f.index })];
  lines.push(
    f.receipt ? word("proof.receipt", { state: f.receipt.letter.title, date: day(f.receipt.at) }) : word("proof.no-receipt"),
  );
  for (const w of f.witnesses) lines.push(word("proof.witness", { state: w.letter.title, date: day(w.at) }));
  if (f.payload) lines.push(word("proof.payload"));
  for (const l of t.letters) lines.push(word("fingerprint", { state: l.title }), ...l.fingerprint);
  return [true, lines];
}

async function judge(): Promise<[boolean, string[]]> {
  const files = (id: string) => [...(element<HTMLInputElement>(id).files ?? [])];
  const t: Trusted = { letters: [], seals: { authorities: [], signers: [] }, packages: [], lists: [] };
  const [file] = files("file");
  if (!file) return [false, [word("page.choose")]];
  for (const f of files("trust"))
    try {
      trustFile(t, await read(f));
    } catch (e) {
      return [false, [word("trust-bad", { file: f.name, why: (e as Error).message })]];
    }
  const bytes = await read(file);
  const archive = isPackage(bytes);
  const seal = archive ? undefined : sealOf(bytes);
  const [payload] = files("payload");
  try {
    if (archive) return judgePackage(bytes, t);
    return seal ? judgeSeal(seal, t, bytes[0] === 0x25) : judgeProof(bytes, t, payload && (await read(payload)));
  } catch (e) {
    return [false, [word(seal ? "seal.unreadable" : archive ? "package.bad" : "proof.bad", { why: (e as Error).message })]];
  }
}

async function check(): Promise<void> {
  const said = element("said");
  const [good, lines] = await judge();
  said.className = good ? "good" : "bad";
  said.replaceChildren(
    ...lines.map((line) => {
      const p = document.createElement("p");
      p.textContent = line;
      return p;
    }),
  );
}

for (const b of document.querySelectorAll<HTMLElement>("[data-turn]"))
  b.addEventListener("click", () => turn(b.dataset["turn"] ?? "en"));
element("check").addEventListener("click", () => void check());
turn(language);
