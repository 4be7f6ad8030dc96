// advice.tsx - what the policy would say to a step, before anybody tries it
import { useId } from "preact/hooks";
import type { NextAct as Step } from "./answers";
import type { Decision } from "./api";
import { Button, type ButtonProps, Reasons } from "./ui";
import { t } from "./words";

export const stepOf = <S extends Step>(list: S[] | undefined, action: string) => list?.find((s) => s.action === action);

function Why({ refused, id }: { refused: Decision; id: string }) {
  const by = refused.by?.length ? refused.by : (refused.near ?? []);
  return (
    <div id={id} class="help">
      {t("common.not-open-to-you")} {by.length > 0 ? <Reasons by={by} /> : t("common.no-clause")}
    </div>
  );
}

/** A button that is not open where the policy says no, with its reasons beside it; none where there is no such step. */
export function Advised({ step, children, ...rest }: ButtonProps & { step: Step | undefined }) {
  const id = useId();
  if (!step) return null;
  if (!step.refused) return <Button {...rest}>{children}</Button>;
  return (
    <div>
      <Button {...rest} kind="quiet" disabled aria-describedby={id}>
        {children}
      </Button>
      <Why refused={step.refused} id={id} />
    </div>
  );
}
