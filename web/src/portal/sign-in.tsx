// sign-in.tsx - a code by e-mail, then the session; no account is made before somebody uses the code
import { useState } from "preact/hooks";
import { post } from "../base/api";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Button, Failure, Field, Heading, Notice } from "../base/ui";
import { language, t } from "../base/words";
import { digits } from "../base/dates";
import { set, type Session } from "../base/session";

/** Where to go on: an address of ours, never another site's. */
export function goal(query: URLSearchParams): string {
  const wanted = query.get("to") ?? "";
  return /^\/[a-z]{2,3}(\/[A-Za-z0-9._~%?=&/-]*)?$/.test(wanted) && !wanted.includes("//") ? wanted : to("/cases");
}

export function SignIn({ query }: PageProps) {
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");
  const [sent, setSent] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const attempt = (f: () => Promise<void>) => async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      await f();
    } catch (error) {
      setFailed(error);
    }
  };
  const ask = attempt(async () => {
    await post("/v1/session/codes", { email: email.trim(), language });
    setSent(true);
  });
  const open = attempt(async () => {
    const typed = [...code].filter((c) => /\p{Nd}/u.test(c)).map((c) => String(digits(c))).join("");
    const made = await post<Session>("/v1/sessions", { email: email.trim(), code: typed, language });
    set({ id: made.id, as: made.as, strong: made.strong });
    go(goal(query));
  });
  return (
    <>
      <Heading lead={t("portal.sign-in.lead")}>{t("common.sign-in")}</Heading>
      <Failure error={failed} />
      {sent ? (
        <form onSubmit={open}>
          <Notice kind="good">
            <p>{t("portal.sign-in.sent", { email })}</p>
          </Notice>
          <Field label={t("portal.sign-in.code")} help={t("portal.sign-in.code-help")}>
            {(a) => (
              <input {...a} class="short" required dir="ltr" inputMode="numeric" autocomplete="one-time-code" value={code} onInput={(e) => setCode(e.currentTarget.value)} />
            )}
          </Field>
          <div class="buttons">
            <Button>{t("common.sign-in")}</Button>
            <Button kind="quiet" run={() => setSent(false)}>
              {t("portal.sign-in.other")}
            </Button>
          </div>
        </form>
      ) : (
        <form onSubmit={ask}>
          <Field label={t("portal.sign-in.email")}>
            {(a) => (
              <input {...a} type="email" required dir="ltr" autocomplete="email" value={email} onInput={(e) => setEmail(e.currentTarget.value)} />
            )}
          </Field>
          <div class="buttons">
            <Button>{t("portal.sign-in.send")}</Button>
          </div>
        </form>
      )}
    </>
  );
}
