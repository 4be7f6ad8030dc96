// fee.tsx - what a service costs, item by item
import type { Asked } from "./model";
import { money, t } from "./words";

export function Fee({ fee }: { fee: Asked["fee"] }) {
  if (!fee.amount) return <>{t("common.form.free")}</>;
  return (
    <>
      <strong>{money(fee.amount, fee.currency)}</strong>
      {fee.items.length > 0 && (
        <ul>
          {fee.items.map((i) => (
            <li key={i.text}>
              {i.text}: {money(i.amount, fee.currency)}
            </li>
          ))}
        </ul>
      )}
      {fee.waivers.map((w) => (
        <p key={w.text}>{w.text}</p>
      ))}
    </>
  );
}
