// amount.ts - money as somebody types it
import { currencyDigits } from "./words";

/** "1 234,50" or "١٢٣٤٫٥٠" in minor units; undefined for what is no amount, or too exact for the currency. */
export function amountOf(text: string, currency: string): number | undefined {
  const plain = text
    .replace(/[٠-٩]/g, (c) => String(c.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (c) => String(c.charCodeAt(0) - 0x6f0))
    .replace(/[\s\u00A0\u202F٬'’]/g, "")
    .replace(/[,٫]/g, ".");
  const parts = /^(\d{1,12})(?:\.(\d+))?$/.exec(plain);
  const digits = currencyDigits(currency);
  if (!parts || (parts[2] ?? "").length > digits) return undefined;
  return Number(parts[1] + (parts[2] ?? "").padEnd(digits, "0"));
}
