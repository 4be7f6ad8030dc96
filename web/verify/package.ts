// package.ts - a service package: archive, manifest, note, files, in that order (docs/service-package.md, sections 2 to 5)
import { sha256 } from "@noble/hashes/sha2";
import { bytes, equal, hex, text } from "./bytes.js";
import { readKey, readNote, signedAt, type Key } from "./note.js";

export interface PackageKey {
  state: string;
  key: Key;
}

export interface Package {
  name: string;
  version: string;
  giver: string;
  signers: PackageKey[];
}

const BLOCK = 512;
const NAME = /^(documents\/)?[a-z0-9](?:[a-z0-9-]|\.(?!\.))*$/;

export const isPackage = (file: Uint8Array): boolean => file.length > BLOCK && equal(file.subarray(0, 13), bytes("manifest.json"));

/** Lines "STATE name+id+key"; undefined where it is no such list. */
export function readKeys(list: string): PackageKey[] | undefined {
  const lines = list.split("\n").filter((l) => l && !l.startsWith("#"));
  if (!lines.length || !lines.every((l) => /^[A-Z]{2} \S+\+[0-9a-f]{8}\+\S+$/.test(l))) return undefined;
  const keys = lines.map((l) => ({ state: l.slice(0, 2), key: readKey(l.slice(3)) }));
  if (keys.some((k, i) => k.key.cosigner || keys.findIndex((o) => equal(o.key.key, k.key.key)) < i)) throw new Error("a key of packages is there twice, or of another kind");
  return keys;
}

// The one header that a file of that name and size has.
function header(name: string, size: number): Uint8Array {
  const h = new Uint8Array(BLOCK);
  const put = (at: number, s: string) => h.set(bytes(s), at);
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, size.toString(8).padStart(11, "0"));
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  put(329, "0000000");
  put(337, "0000000");
  put(148, `${h.reduce((n, b) => n + b, 0).toString(8).padStart(6, "0")}\0 `);
  return h;
}

function unpack(archive: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  let last = "";
  while (at + BLOCK <= archive.length && archive[at]) {
    const head = archive.subarray(at, at + BLOCK);
    const name = text(head.subarray(0, head.indexOf(0)));
    const digits = text(head.subarray(124, 135));
    const size = parseInt(digits, 8);
    if (!/^[0-7]{11}$/.test(digits) || !NAME.test(name) || name.length > 64 || !equal(head, header(name, size))) throw new Error("a header is not as it must be");
    const end = at + BLOCK + size;
    const next = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (size > 4 << 20 || next > archive.length || archive.subarray(end, next).some((b) => b)) throw new Error("a file is cut off, too large or badly filled");
    const place = files.size;
    if (place === 0 ? name !== "manifest.json" : place === 1 ? name !== "manifest.note" : place > 2 && name <= last) throw new Error("the files are in another order");
    if (place > 129) throw new Error("too many files");
    files.set(name, archive.subarray(at + BLOCK, end));
    last = name;
    at = next;
  }
  if (archive.length !== at + 2 * BLOCK || archive.subarray(at).some((b) => b) || files.size < 3) throw new Error("the archive has another end");
  return files;
}

// RFC 8785, of values that are no fractions
function canonical(v: unknown): string {
  if (Array.isArray(v)) return `[${v.map(canonical).join(",")}]`;
  if (v === null || typeof v !== "object") return JSON.stringify(v);
  const o = v as Record<string, unknown>;
  return `{${Object.keys(o)
    .sort()
    .map((k) => `${JSON.stringify(k)}:${canonical(o[k])}`)
    .join(",")}}`;
}

interface Manifest extends Record<string, unknown> {
  name: string;
  version: string;
  giver: string;
  files: Record<string, { sha256: string; size: number }>;
}

function readManifest(file: Uint8Array): Manifest {
  const m = JSON.parse(text(file)) as Manifest;
  if (file.length > 64 << 10 || m["format"] !== 1 || !equal(bytes(canonical(m)), file)) throw new Error("the manifest is not in its one form");
  return m;
}

function signersOf(note: Uint8Array, m: Manifest, digest: string, keys: PackageKey[]): PackageKey[] {
  const n = readNote(text(note));
  if (n.text !== `sifara-package/1\n${m.giver}/${m.name}/${m.version}\n${digest}\n`) throw new Error("the note is about another package");
  const signers = keys.filter((k) => signedAt(n, k.key) !== undefined);
  if (!signers.some((k) => k.state === m.giver)) throw new Error("no known key of the giving state signed it");
  return signers;
}

function checkFiles(files: Map<string, Uint8Array>, m: Manifest): void {
  const names = [...files.keys()].slice(2);
  if (names.length !== Object.keys(m.files).length) throw new Error("a file too many, or too few");
  for (const name of names) {
    const content = files.get(name)!;
    const said = m.files[name];
    if (!said || said.size !== content.length || said.sha256 !== hex(sha256(content))) throw new Error(`${name} is another file`);
  }
  const service = JSON.parse(text(files.get("service.json") ?? new Uint8Array())) as Record<string, unknown>;
  for (const [name, value] of Object.entries(m))
    if (name !== "format" && name !== "files" && canonical(value) !== canonical(service[name] ?? (name === "life_events" ? [] : null))) throw new Error(`the manifest says another ${name}`);
}

/** Throws where the package is not as a known key of its giver signed it. */
export function checkPackage(archive: Uint8Array, keys: PackageKey[]): Package {
  const files = unpack(archive);
  const manifest = files.get("manifest.json")!;
  const m = readManifest(manifest);
  const signers = signersOf(files.get("manifest.note")!, m, hex(sha256(manifest)), keys);
  checkFiles(files, m);
  return { name: m.name, version: m.version, giver: m.giver, signers };
}
