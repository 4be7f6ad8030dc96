// sheet.ts - a table that somebody kept: CSV (RFC 4180) or the first sheet of an XLSX file, as rows of cells
//
// Nothing in it is run or believed: a formula is no value, sizes are limited before anything is unpacked, and a
// text that is no UTF-8 or UTF-16 is refused rather than guessed at.
import { unzipSync } from "fflate";
import { Parser } from "saxen";

export interface Cell {
  text: string;
  /** What the cell shows was worked out by the program that wrote it. */
  formula?: true;
  /** A number as XLSX keeps it: also a day, counted from the end of 1899. */
  number?: number;
}

export interface Row {
  /** as the program that made the file numbers it */
  line: number;
  cells: Cell[];
}

export type Wrong = "charset" | "quote" | "zip" | "bomb" | "no-sheet" | "xml" | "large" | "rows" | "empty";

/** What is wrong with the file, and in which line. */
export class SheetError extends Error {
  constructor(
    readonly wrong: Wrong,
    readonly line?: number,
  ) {
    super(wrong);
  }
}

export const FILE_BYTES = 5_000_000;
export const ROWS = 2000;
const COLUMNS = 60;
const CELL = 500;
const UNPACKED = 30_000_000;

export function readSheet(bytes: Uint8Array): Row[] {
  if (bytes.length > FILE_BYTES) throw new SheetError("large");
  const rows = bytes[0] === 0x50 && bytes[1] === 0x4b ? readXlsx(bytes) : readCsv(decoded(bytes));
  const filled = rows.filter((r) => r.cells.some((c) => c.text.trim()));
  if (filled.length < 2) throw new SheetError("empty");
  if (filled.length > ROWS + 1) throw new SheetError("rows");
  return filled;
}

// ---- CSV -----------------------------------------------------------------------------------------

function decoded(bytes: Uint8Array): string {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe && "utf-16le") || (bytes[0] === 0xfe && bytes[1] === 0xff && "utf-16be");
  try {
    const text = new TextDecoder(wide || "utf-8", { fatal: true }).decode(bytes);
    if (text.includes("\0")) throw new SheetError("charset");
    return text;
  } catch {
    throw new SheetError("charset");
  }
}

/** The one that the first line has most of. */
function separatorOf(text: string): string {
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const many = (s: string) => first.split(s).length;
  return [",", ";", "\t"].reduce((best, s) => (many(s) > many(best) ? s : best));
}

export function readCsv(text: string): Row[] {
  const separator = separatorOf(text);
  const rows: Row[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const row: Row = { line, cells: [] };
    for (;;) {
      const cell = text[at] === '"' ? quoted() : plain();
      if (row.cells.length < COLUMNS) row.cells.push({ text: cell.slice(0, CELL + 1), ...(cell.startsWith("=") ? { formula: true as const } : {}) });
      if (text[at] !== separator) break;
      at++;
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    line++;
    rows.push(row);
    if (rows.length > ROWS * 2) throw new SheetError("rows");
  }
  return rows;

  function plain(): string {
    const from = at;
    while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") {
      if (text[at] === '"') throw new SheetError("quote", line);
      at++;
    }
    return text.slice(from, at);
  }

  function quoted(): string {
    const begun = line;
    let out = "";
    for (at++; ; at++) {
      const end = text.indexOf('"', at);
      if (end < 0) throw new SheetError("quote", begun);
      out += text.slice(at, end);
      at = end + 1;
      if (text[at] !== '"') break;
      out += '"';
    }
    line += out.split("\n").length - 1;
    if (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") throw new SheetError("quote", begun);
    return out;
  }
}

// ---- XLSX ----------------------------------------------------------------------------------------

/** Only what is read is unpacked, and none of it beyond what its head says, which is limited. */
function unpacked(bytes: Uint8Array): Record<string, Uint8Array> {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: (file) => {
        if (!/^xl\/(workbook\.xml|_rels\/workbook\.xml\.rels|sharedStrings\.xml|worksheets\/[^/]+\.xml)$/.test(file.name)) return false;
        total += file.originalSize;
        if (total > UNPACKED) throw new SheetError("bomb");
        return true;
      },
    });
  } catch (error) {
    throw error instanceof SheetError ? error : new SheetError("zip");
  }
}

interface Seen {
  open?: (name: string, attributes: Record<string, string>) => void;
  close?: (name: string) => void;
  text?: (value: string) => void;
}

/** Names without their prefixes: some programs write "x:row". */
function walk(bytes: Uint8Array | undefined, seen: Seen): void {
  if (!bytes) throw new SheetError("no-sheet");
  const local = (name: string) => name.slice(name.indexOf(":") + 1);
  new Parser()
    .on("error", () => {
      throw new SheetError("xml");
    })
    .on("openTag", (name, attributes, decode) => seen.open?.(local(name), Object.fromEntries(Object.entries(attributes()).map(([k, v]) => [local(k), decode(v)]))))
    .on("closeTag", (name) => seen.close?.(local(name)))
    .on("text", (value, decode) => seen.text?.(decode(value)))
    .on("cdata", (value) => seen.text?.(value))
    .parse(decoded(bytes));
}

function firstSheet(files: Record<string, Uint8Array>): Uint8Array | undefined {
  let id: string | undefined;
  let target: string | undefined;
  walk(files["xl/workbook.xml"], { open: (name, a) => name === "sheet" && (id ??= a["id"]) });
  walk(files["xl/_rels/workbook.xml.rels"], { open: (name, a) => name === "Relationship" && a["Id"] === id && (target = a["Target"]) });
  return files[target?.startsWith("/") ? target.slice(1) : `xl/${target}`];
}

function sharedStrings(bytes: Uint8Array | undefined): string[] {
  const list: string[] = [];
  if (!bytes) return list;
  let inText = false;
  let reading = 0; // how the text is read aloud is no part of it
  walk(bytes, {
    open: (name) => {
      if (name === "si") list.push("");
      if (name === "rPh") reading++;
      inText = name === "t" && !reading;
    },
    close: (name) => {
      if (name === "rPh") reading--;
      if (name === "t") inText = false;
    },
    text: (value) => {
      if (inText && list.length) list[list.length - 1] += value;
    },
  });
  return list;
}

/** "AB12": the column, from 0. */
function columnOf(reference: string): number {
  let n = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? "") n = n * 26 + letter.charCodeAt(0) - 64;
  return n - 1;
}

export function readXlsx(bytes: Uint8Array): Row[] {
  const files = unpacked(bytes);
  const strings = sharedStrings(files["xl/sharedStrings.xml"]);
  const rows: Row[] = [];
  let column = 0;
  let type = "";
  let value = "";
  let formula = false;
  let inValue = false;
  walk(firstSheet(files), {
    open: (name, a) => {
      if (name === "row") {
        if (rows.length > ROWS * 2) throw new SheetError("rows");
        rows.push({ line: Number(a["r"]) || rows.length + 1, cells: [] });
        column = -1;
      } else if (name === "c") {
        column = a["r"] ? columnOf(a["r"]) : column + 1;
        type = a["t"] ?? "n";
        value = "";
        formula = false;
      } else if (name === "f") formula = true;
      inValue = name === "v" || name === "t";
    },
    close: (name) => {
      if (name === "v" || name === "t") inValue = false;
      const row = rows[rows.length - 1];
      if (name !== "c" || !row || column < 0 || column >= COLUMNS) return;
      while (row.cells.length < column) row.cells.push({ text: "" });
      const text = type === "s" ? (strings[Number(value)] ?? "") : value;
      row.cells[column] = { text: text.slice(0, CELL + 1), ...(formula ? { formula: true as const } : {}), ...(type === "n" && value ? { number: Number(value) } : {}) };
    },
    text: (v) => {
      if (inValue) value += v;
    },
  });
  return rows;
}
