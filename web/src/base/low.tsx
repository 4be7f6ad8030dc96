// low.tsx - blank booklets and stickers that will not last
import { Notice } from "./ui";
import { t } from "./words";

export interface Kind {
  kind: string;
  left: number;
  /** how many went in the last thirty days */
  month: number;
  low: boolean;
  next?: string;
}

export const kindOf = (kind: string) => t(`common.stock.kind.${kind}`);

export function Low({ kinds }: { kinds: Kind[] }) {
  return (
    <>
      {kinds
        .filter((k) => k.low)
        .map((k) => (
          <Notice key={k.kind} kind="warn" title={t("common.stock.low", { kind: kindOf(k.kind), n: k.left, month: k.month })} />
        ))}
    </>
  );
}
