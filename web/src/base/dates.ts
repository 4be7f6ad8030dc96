// dates.ts - days in two calendars: Gregorian (ISO 8601) and Umm al-Qura, by the browser's own tables

export interface YearMonthDay {
  year: number;
  month: number;
  day: number;
}

const ummAlQura = new Intl.DateTimeFormat("en-u-ca-islamic-umalqura-nu-latn", {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  timeZone: "UTC",
});

const DAY = 86_400_000;
/** 1 Muharram 1, near enough to begin a search. */
const EPOCH = Date.UTC(622, 6, 19);

function hijriAt(ms: number): YearMonthDay {
  const part = (type: string) => Number(ummAlQura.formatToParts(ms).find((p) => p.type === type)?.value);
  return { year: part("year"), month: part("month"), day: part("day") };
}

export function toHijri(iso: string): YearMonthDay | undefined {
  const ms = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : hijriAt(ms);
}

const before = (a: YearMonthDay, b: YearMonthDay) => a.year - b.year || a.month - b.month || a.day - b.day;

/** The Gregorian day of a Hijri one; undefined if its month has no such day. */
export function fromHijri(h: YearMonthDay): string | undefined {
  if (!(h.month >= 1 && h.month <= 12 && h.day >= 1 && h.day <= 30 && h.year >= 1300 && h.year <= 1600)) return undefined;
  let ms = EPOCH + Math.round(((h.year - 1) * 354.367 + (h.month - 1) * 29.53 + h.day) * 1) * DAY;
  for (let i = 0; i < 40; i++) {
    const d = before(h, hijriAt(ms));
    if (d === 0) return iso(ms);
    ms += Math.sign(d) * DAY;
  }
  return undefined;
}

/** The ISO form of a Gregorian day; undefined if there is no such day. */
export function fromGregorian(d: YearMonthDay): string | undefined {
  const ms = Date.UTC(d.year, d.month - 1, d.day);
  const made = new Date(ms);
  const same = made.getUTCFullYear() === d.year && made.getUTCMonth() === d.month - 1 && made.getUTCDate() === d.day;
  return same && d.year >= 1000 && d.year <= 9999 ? iso(ms) : undefined;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** A number in the digits that people type: Latin, Arabic, Persian. */
export function digits(text: string): number {
  const latin = text
    .trim()
    .replace(/[٠-٩]/g, (c) => String(c.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (c) => String(c.charCodeAt(0) - 0x6f0));
  return /^\d+$/.test(latin) ? Number(latin) : NaN;
}

export function monthNames(calendar: "gregory" | "islamic-umalqura", language: string): string[] {
  const format = new Intl.DateTimeFormat(`${language}-u-ca-${calendar}`, { month: "long", timeZone: "UTC" });
  if (calendar === "gregory") return Array.from({ length: 12 }, (_, m) => format.format(Date.UTC(2026, m, 15)));
  return Array.from({ length: 12 }, (_, m) => format.format(Date.parse(`${fromHijri({ year: 1447, month: m + 1, day: 15 })}T00:00:00Z`)));
}
