// register-rows.ts - from the cells of a register to the persons in it
import { countries } from "../base/countries";
import { country, folded, stateCode, stateName } from "../base/words";
import type { Cell, Row } from "./sheet";

export const FIELDS = ["surname", "given_names", "surname_latin", "given_names_latin", "birth_date", "nationality", "identity_number", "passport_number", "residence", "phone"] as const;
export type FieldName = (typeof FIELDS)[number];
export type Columns = Partial<Record<FieldName, number>>;
export type Person = Partial<Record<FieldName, string>>;

export interface Entry {
  row: number;
  person: Person;
  /** Fields whose cell is a formula: what it shows is not what somebody wrote. */
  formulas: FieldName[];
}

/** How registers call their columns. */
const NAMES: Record<FieldName, string[]> = {
  surname: ["surname", "family name", "last name", "nom", "nom de famille", "اللقب", "اسم العائلة", "الكنية"],
  given_names: ["given names", "given name", "first name", "prenom", "prenoms", "الاسم", "الاسم الشخصي", "الأسماء الشخصية"],
  surname_latin: ["surname (latin)", "surname latin", "nom latin", "اللقب باللاتينية"],
  given_names_latin: ["given names (latin)", "given names latin", "prenoms latins", "الاسم باللاتينية"],
  birth_date: ["birth date", "date of birth", "born", "date de naissance", "تاريخ الميلاد", "الميلاد"],
  nationality: ["nationality", "citizenship", "nationalite", "الجنسية"],
  identity_number: ["identity number", "id number", "national id", "numero d'identite", "رقم الهوية"],
  passport_number: ["passport number", "passport", "passeport", "numero de passeport", "رقم الجواز", "رقم جواز السفر"],
  residence: ["residence", "country", "country of residence", "pays de residence", "بلد الإقامة", "البلد"],
  phone: ["phone", "telephone", "mobile", "الهاتف", "رقم الهاتف"],
};

const key = (text: string) => folded(text).toLowerCase().replace(/[_\s]+/g, " ").trim();

/** Which column is which, by what the first row calls them. */
export function guess(head: Row): Columns {
  const names = head.cells.map((c) => key(c.text));
  return Object.fromEntries(
    FIELDS.flatMap((f) => {
      const at = names.findIndex((n) => n && [f.replaceAll("_", " "), ...NAMES[f]].some((k) => key(k) === n));
      return at < 0 ? [] : [[f, at]];
    }),
  );
}

const DAY_MS = 86_400_000;

/** 1980-02-03, 3/2/1980 (the day first), or a day as XLSX counts it. */
export function dayOf(cell: Cell): string {
  if (cell.number !== undefined && Number.isInteger(cell.number) && cell.number > 60) return new Date(Date.UTC(1899, 11, 30) + cell.number * DAY_MS).toISOString().slice(0, 10);
  const text = latin(cell.text);
  const parts = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/.exec(text);
  return parts ? `${parts[3]}-${parts[2]!.padStart(2, "0")}-${parts[1]!.padStart(2, "0")}` : text;
}

const latin = (text: string) => text.trim().replace(/[٠-٩]/g, (c) => String(c.charCodeAt(0) - 0x660)).replace(/[۰-۹]/g, (c) => String(c.charCodeAt(0) - 0x6f0));

function placeOf(text: string, letters: 2 | 3): string {
  const wanted = key(text);
  if (letters === 3 && (wanted === key(stateName) || wanted === key(stateCode))) return stateCode;
  const found = countries.find(([two, three]) => wanted === key(two) || wanted === key(three) || wanted === key(country(two)));
  return found ? found[letters - 2]! : text.trim();
}

function valueOf(field: FieldName, cell: Cell): string {
  switch (field) {
    case "birth_date":
      return dayOf(cell);
    case "nationality":
      return placeOf(cell.text, 3);
    case "residence":
      return placeOf(cell.text, 2);
    case "phone":
      return latin(cell.text).replace(/[\s().-]/g, "").replace(/^00/, "+");
    default:
      return cell.text.trim();
  }
}

export function entriesOf(rows: Row[], columns: Columns): Entry[] {
  return rows.map((r) => {
    const used = FIELDS.filter((f) => columns[f] !== undefined && r.cells[columns[f]]?.text.trim());
    return {
      row: r.line,
      person: Object.fromEntries(used.map((f) => [f, valueOf(f, r.cells[columns[f]!]!)])),
      formulas: used.filter((f) => r.cells[columns[f]!]?.formula),
    };
  });
}
