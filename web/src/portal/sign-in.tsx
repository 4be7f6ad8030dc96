// sign-in.tsx - with a code by e-mail or text message, or with a passkey; no account is made before somebody uses the code
import { useEffect, useRef, useState } from "preact/hooks";
import type { Session, SignedIn } from "../base/answers";
import { post } from "../base/api";
import { enter, offers } from "../base/passkey";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Button, Failure, Field, Heading, Notice } from "../base/ui";
import { language, t } from "../base/words";
import { digits } from "../base/dates";
import { set } from "../base/session";

/** Where to go on: an address of ours, never another site's. */
export function goal(query: URLSearchParams): string {
  const wanted = query.get("to") ?? "";
  return /^\/[a-z]{2,3}(\/[A-Za-z0-9._~%?=&/-]*)?$/.test(wanted) && !wanted.includes("//") ? wanted : to("/cases");
}

/** The digits among what was typed, in whatever script. */
function plainDigits(text: string): string {
  return [...text].filter((c) => /\p{Nd}/u.test(c)).map((c) => String(digits(c))).join("");
}

export function SignIn({ query }: PageProps) {
  const [email, setEmail] = useState("");
  const [phone, setPhone] = useState("");
  const [byPhone, setByPhone] = useState(false);
  const [code, setCode] = useState("");
  const [sent, setSent] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const [refused, setRefused] = useState(false);
  const offering = useRef<AbortController>();
  const entered = (made: Session) => {
    if (made.as !== "person") return location.assign(to("/desk"));
    set({ id: made.id, as: made.as, strong: made.strong });
    go(goal(query));
  };
  const address = () => (byPhone ? { phone: `+${plainDigits(phone).replace(/^00/, "")}` } : { email: email.trim() });
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
    await post("/v1/session/codes", { ...address(), language });
    setSent(true);
  });
  const open = attempt(async () => {
    const made = await post<SignedIn>("/v1/sessions", { ...address(), code: plainDigits(code), language });
    entered(made);
  });
  // while the field has the focus, the browser may offer a passkey among what it fills in
  const offer = async () => {
    if (offering.current || !(await offers())) return;
    offering.current = new AbortController();
    await enter({ offered: offering.current.signal }).then(entered, () => undefined);
  };
  const withPasskey = async () => {
    setFailed(undefined);
    setRefused(false);
    offering.current?.abort();
    try {
      entered(await enter());
    } catch (error) {
      if (error instanceof DOMException) setRefused(true);
      else setFailed(error);
    }
  };
  useEffect(() => () => offering.current?.abort(), []);
  return (
    <>
      <Heading lead={t("portal.sign-in.lead")}>{t("common.sign-in")}</Heading>
      <Failure error={failed} />
      {sent ? (
        <form onSubmit={open}>
          <Notice kind="good">
            <p>{t("portal.sign-in.sent", { email: byPhone ? phone : email })}</p>
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
          {byPhone ? (
            <Field label={t("portal.sign-in.phone")} help={t("portal.sign-in.phone-help")}>
              {(a) => <input {...a} type="tel" required dir="ltr" autocomplete="tel" value={phone} onInput={(e) => setPhone(e.currentTarget.value)} />}
            </Field>
          ) : (
            <Field label={t("portal.sign-in.email")}>
              {(a) => (
                <input {...a} type="email" required dir="ltr" autocomplete="email webauthn" onFocus={offer} value={email} onInput={(e) => setEmail(e.currentTarget.value)} />
              )}
            </Field>
          )}
          <div class="buttons">
            <Button>{t("portal.sign-in.send")}</Button>
            {document.documentElement.dataset["sms"] === "yes" && (
              <Button kind="quiet" run={() => setByPhone(!byPhone)}>
                {t(byPhone ? "portal.sign-in.by-email" : "portal.sign-in.by-phone")}
              </Button>
            )}
          </div>
        </form>
      )}
      <section class="card">
        <h2>{t("portal.sign-in.passkey")}</h2>
        <p>{t("portal.sign-in.passkey-help")}</p>
        {refused && <Notice kind="warn" title={t("common.passkey-refused")} />}
        <div class="buttons">
          <Button kind="quiet" run={withPasskey}>
            {t("portal.sign-in.with-passkey")}
          </Button>
        </div>
      </section>
    </>
  );
}
