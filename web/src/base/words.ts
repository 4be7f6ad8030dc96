// words.ts - the reader's language: words of the catalogue, numbers, money, days
//
// The address says the language (/ar/…), the node says which there are and in which direction they run.
// Words are ICU MessageFormat and come from the node, those of this part and those that all parts share.
import { IntlMessageFormat } from "intl-messageformat";

const root = document.documentElement;

export const language = root.lang || "en";
export const languages = (root.dataset["languages"] ?? language).split(" ");
export const stateName = root.dataset["state"] ?? "";
export const stateCode = root.dataset["code"] ?? "";
/** As partners and the policy name us: "XU". */
export const homeCode = root.dataset["alpha2"] ?? "";

/** The locale of numbers and days: Arabic reads them in its own digits. */
export const locale = language === "ar" ? "ar-u-nu-arab" : language;

export type Values = Record<string, string | number>;

let words: Record<string, string> = {};
const compiled = new Map<string, IntlMessageFormat>();

export async function loadWords(part: string): Promise<void> {
  const answer = await fetch(`/words/${language}/${part}`);
  if (!answer.ok) throw new Error(`no words of ${part}`);
  words = (await answer.json()) as Record<string, string>;
}

/** A word; its key where the catalogue lacks it, so that a gap is seen (a test finds it before). */
export function t(key: string, values?: Values): string {
  const text = words[key];
  if (text === undefined) return key;
  return values || text.includes("{") ? fill(text, values) : text;
}

export function has(key: string): boolean {
  return key in words;
}

/** A text in MessageFormat that did not come from the catalogue: of a service. */
export function fill(text: string, values?: Values): string {
  let message = compiled.get(text);
  if (!message) {
    message = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true });
    compiled.set(text, message);
  }
  return String(message.format(values));
}

/** What is there in several languages, in the reader's. */
export function inWords(names: Record<string, string> | undefined): string {
  if (!names) return "";
  return names[language] ?? names["en"] ?? Object.values(names)[0] ?? "";
}

export function number(n: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale, options).format(n);
}

/** A year: in the reader's digits, without a separator. */
export const yearIn = (year: number): string => number(year, { useGrouping: false });

/** An amount in minor units (ISO 4217), as the reader writes money. What "US$" is in a text from right to left would
 * else be "$US": each part keeps its own direction (UAX #9, isolates). */
export function money(amount: number, currency: string): string {
  const parts = new Intl.NumberFormat(locale, { style: "currency", currency }).formatToParts(amount / 10 ** currencyDigits(currency));
  return parts.map((p) => (p.type === "currency" ? `\u2068${p.value}\u2069` : p.value)).join("");
}

/** Decimal digits of a currency's minor unit. */
export function currencyDigits(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

function dayOf(text: string): Date {
  return new Date(text.length === 10 ? `${text}T00:00:00Z` : text);
}

/** A day "2026-11-26" or a moment, as a day in words. */
export function day(text: string): string {
  const zone = text.length === 10 ? { timeZone: "UTC" } : {};
  return new Intl.DateTimeFormat(gregorian(), { dateStyle: "long", ...zone }).format(dayOf(text));
}

/** The same day by the calendar of Umm al-Qura. */
export function hijriDay(text: string): string {
  return new Intl.DateTimeFormat(`${language}-u-ca-islamic-umalqura${language === "ar" ? "-nu-arab" : ""}`, {
    dateStyle: "long",
    timeZone: "UTC",
  }).format(dayOf(text));
}

export function moment(text: string): string {
  return new Intl.DateTimeFormat(gregorian(), { dateStyle: "medium", timeStyle: "short" }).format(dayOf(text));
}

/** A time "2026-12-01T09:00" as the clocks of a mission show it, wherever the reader is. */
export function timeThere(at: string, withDay = true): string {
  return new Intl.DateTimeFormat(gregorian(), { ...(withDay ? { dateStyle: "full" as const } : {}), timeStyle: "short", timeZone: "UTC" }).format(new Date(`${at}:00Z`));
}

// some regions' default calendar is another one: what is said without a calendar's name is Gregorian
function gregorian(): string {
  return language === "ar" ? "ar-u-ca-gregory-nu-arab" : `${language}-u-ca-gregory`;
}

const regions = new Intl.DisplayNames([language], { type: "region" });

/** A country (ISO 3166-1 alpha-2) in words. */
export function country(code: string): string {
  try {
    return code.startsWith("X") && code !== "XK" ? code : (regions.of(code) ?? code);
  } catch {
    return code;
  }
}

export function languageName(code: string): string {
  return new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
}

/** Orders texts as the language does. */
export const collate = new Intl.Collator(language).compare;

/** Without case, marks and the spellings of one Arabic letter: for finding. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}|ـ/gu, "")
    .replace(/[أإآٱ]/g, "ا")
    .replace(/ى/g, "ي")
    .replace(/ة/g, "ه")
    .replace(/[ؤئ]/g, "ء")
    .toLocaleLowerCase(language);
}
