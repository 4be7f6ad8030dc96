// sheets.mjs FOLDER: registers as people have them, and as nobody should: broken quotation marks, formulas, a bomb
// that calls itself .xlsx, texts of another charset
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { strToU8, zipSync } from "fflate";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(process.argv[2], "sheet.mjs");
await build({ absWorkingDir: join(here, ".."), entryPoints: ["src/desk/sheet.ts"], bundle: true, format: "esm", outfile: out, logLevel: "error" });
const { readSheet } = await import(pathToFileURL(out).href);

const bytes = (text) => new TextEncoder().encode(text);
const texts = (rows) => rows.map((r) => r.cells.map((c) => c.text));
const wrong = (file, what, line) =>
  assert.throws(
    () => readSheet(file),
    (e) => e.wrong === what && (line === undefined || e.line === line),
    `${what} is not noticed`,
  );

// ---- CSV
assert.deepEqual(texts(readSheet(bytes('\uFEFFa,b\r\n"x, ""y""\nz",2\r\n\r\n3,4'))), [["a", "b"], ['x, "y"\nz', "2"], ["3", "4"]]);
assert.deepEqual(readSheet(bytes('a;b\n"1\n2";x\n3;y\n')).map((r) => r.line), [1, 2, 4]);
assert.deepEqual(texts(readSheet(bytes("a\tb\nc\td,e"))), [["a", "b"], ["c", "d,e"]]);
const wide = new Uint8Array(Buffer.from("\uFEFFاسم,b\nليلى,2", "utf16le"));
assert.deepEqual(texts(readSheet(wide)), [["اسم", "b"], ["ليلى", "2"]]);
wrong(bytes('a,b\nc,"d'), "quote", 2);
wrong(bytes('a,b\nc,d"e'), "quote", 2);
wrong(bytes('a,b\n"c"d,e'), "quote", 2);
wrong(Uint8Array.from([0x61, 0x2c, 0xe9, 0x0a, 0x31, 0x2c, 0x32]), "charset"); // Latin-1
wrong(bytes("a,b\0\n1,2"), "charset");
wrong(bytes("a,b\n"), "empty");
wrong(bytes("a\n" + "1\n".repeat(2001)), "rows");
wrong(new Uint8Array(5_000_001), "large");

assert.equal(readSheet(bytes('a,b\n"=1+1",2'))[1].cells[0].formula, true);

// ---- XLSX
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const book = {
  "xl/workbook.xml": `<workbook ${main} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="2" r:id="rId7"/><sheet name="B" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId7" Target="worksheets/sheet2.xml"/></Relationships>',
  "xl/sharedStrings.xml": `<sst ${main}><si><t>Name</t></si><si><r><t>Lay</t></r><r><t xml:space="preserve">la &amp; Co</t></r><rPh sb="0" eb="1"><t>spoken</t></rPh></si></sst>`,
  "xl/worksheets/sheet1.xml": `<worksheet ${main}><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`,
};
const sheet = (rows) => ({ ...book, "xl/worksheets/sheet2.xml": `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>${rows.replace(/<(\/?)/g, "<$1x:")}</x:sheetData></x:worksheet>` });
const zipped = (files) => zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, typeof text === "string" ? strToU8(text) : text])));
const good = zipped(sheet('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>Born</t></is></c></row><row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="str"><f>A1&amp;"x"</f><v>Namex</v></c><c r="C3" s="4"><v>29254</v></c></row>'));
const rows = readSheet(good);
assert.deepEqual(texts(rows), [["Name", "", "Born"], ["Layla & Co", "Namex", "29254"]]);
assert.equal(rows[1].line, 3);
assert.equal(rows[1].cells[1].formula, true);
assert.equal(rows[1].cells[2].number, 29254);
wrong(good.slice(0, 300), "zip");
wrong(bytes("PK\u0003\u0004 this says it is a sheet"), "zip");
wrong(zipped({ "a.txt": "x" }), "no-sheet");
wrong(zipped({ ...book, "xl/worksheets/sheet2.xml": "<worksheet><sheetData><row></worksheet>" }), "xml");
// a bomb: 200 MB of blanks in a few hundred kilobytes; and one that says it is small
const bomb = zipped({ ...book, "xl/worksheets/sheet2.xml": new Uint8Array(200_000_000) });
assert.ok(bomb.length < 1_000_000);
wrong(bomb, "bomb");
const liar = bomb.slice();
for (let i = 0; i + 46 < liar.length; i++) {
  const view = new DataView(liar.buffer, liar.byteOffset + i);
  if (view.getUint32(0, true) === 0x02014b50 && view.getUint32(24, true) === 200_000_000) view.setUint32(24, 1000, true);
}
const before = process.memoryUsage().arrayBuffers;
assert.throws(() => readSheet(liar));
assert.ok(process.memoryUsage().arrayBuffers - before < 50_000_000, "what says it is small is unpacked whole");
// entities that multiply are not followed
wrong(zipped({ ...book, "xl/worksheets/sheet2.xml": `<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><worksheet ${main}><sheetData><row r="1"><c t="str"><v>&b;</v></c></row></sheetData></worksheet>` }), "empty");
console.log("sheets are read as they are");
