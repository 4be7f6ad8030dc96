// opening.tsx - when a mission is open and how it is reached
import type { Opening } from "./answers";
import { language, t } from "./words";
import { Pairs, Typed } from "./ui";

/** 0 is Sunday. */
export const weekday = (n: number, how: "long" | "short" = "long") => new Intl.DateTimeFormat(language, { weekday: how, timeZone: "UTC" }).format(Date.UTC(2026, 10, 1 + n));

const clock = (text: string) => new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: "UTC" }).format(Date.parse(`2026-01-01T${text}:00Z`));

const call = (number: string) => (
  <a href={`tel:${number}`}>
    <bdi dir="ltr">{number}</bdi>
  </a>
);

export function Open({ of }: { of: Opening }) {
  return (
    <Pairs
      list={[
        of.hours.length > 0 && [
          t("common.hours"),
          <ul class="plain">
            {of.hours.map((h) => (
              <li key={`${h.days}${h.from}`}>{t("common.hours-of", { days: h.days.map((d) => weekday(d)).join(" · "), from: clock(h.from), to: clock(h.to) })}</li>
            ))}
          </ul>,
        ],
        of.telephone && [t("common.telephone"), call(of.telephone)],
        of.emergency && [t("common.emergency"), call(of.emergency)],
        of.address && [t("common.address"), <Typed>{of.address}</Typed>],
      ]}
    />
  );
}
