// low.tsx - blank booklets and stickers that will not last
import type { BlankKind as Kind } from "./answers";
import { Notice } from "./ui";
import { t } from "./words";

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
