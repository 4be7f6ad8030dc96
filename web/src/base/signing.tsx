// signing.tsx - an act that may want a passkey: it is tried, and what went wrong is told
import { useState } from "preact/hooks";
import { Failure, Notice } from "./ui";
import { t } from "./words";

/** The words of a refused passkey are not those of the node. */
export function useSigning(done: () => void) {
  const [failed, setFailed] = useState<unknown>();
  const [refused, setRefused] = useState(false);
  const attempt = async (f: () => Promise<unknown>) => {
    setFailed(undefined);
    setRefused(false);
    try {
      await f();
      done();
    } catch (error) {
      if (error instanceof DOMException) setRefused(true);
      else setFailed(error);
    }
  };
  const told = (
    <>
      <Failure error={failed} found />
      {refused && <Notice kind="warn" title={t("common.passkey-refused")} />}
    </>
  );
  return { attempt, told };
}
