// sign-in.tsx - an officer signs in: with a passkey; with a code by e-mail only to register the first one
import { useState } from "preact/hooks";
import { post } from "../base/api";
import { enter } from "../base/passkey";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Failure, Field, Heading, Notice } from "../base/ui";
import { language, t } from "../base/words";

function WithCode({ done }: { done: () => void }) {
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");
  const [sent, setSent] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const next = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      if (sent) {
        await post("/v1/sessions", { email, code: code.trim(), as: "officer", language });
        return done();
      }
      await post("/v1/session/codes", { email, as: "officer", language });
      setSent(true);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <form onSubmit={next}>
      <Failure error={failed} />
      <Field label={t("desk.email")}>
        {(a) => <input {...a} type="email" required dir="ltr" autocomplete="username" value={email} onInput={(e) => setEmail(e.currentTarget.value)} />}
      </Field>
      {sent && (
        <Field label={t("desk.code")}>
          {(a) => <input {...a} class="short" required dir="ltr" inputMode="numeric" autocomplete="one-time-code" value={code} onInput={(e) => setCode(e.currentTarget.value)} />}
        </Field>
      )}
      <div class="buttons">
        <Button kind="quiet">{t(sent ? "common.sign-in" : "desk.send-code")}</Button>
      </div>
    </form>
  );
}

export function SignIn(_: PageProps) {
  const [failed, setFailed] = useState<unknown>();
  const [refused, setRefused] = useState(false);
  // loaded anew: the frame asks who is there
  const enterAt = (path: string) => location.assign(to(path));
  const withPasskey = async () => {
    setFailed(undefined);
    setRefused(false);
    try {
      const who = await enter();
      enterAt(who.as === "officer" ? "/desk" : "/cases");
    } catch (error) {
      if (error instanceof DOMException) setRefused(true);
      else setFailed(error);
    }
  };
  return (
    <>
      <Heading lead={t("desk.sign-in-lead")}>{t("common.sign-in")}</Heading>
      <Failure error={failed} />
      {refused && <Notice kind="warn" title={t("common.passkey-refused")} />}
      <div class="buttons">
        <Button run={withPasskey}>{t("desk.with-passkey")}</Button>
      </div>
      <details>
        <summary>{t("desk.no-passkey")}</summary>
        <p>{t("desk.no-passkey-help")}</p>
        <WithCode done={() => enterAt("/desk/keys")} />
      </details>
    </>
  );
}
