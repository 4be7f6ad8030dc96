// keys.tsx - an officer's own passkeys: which there are, another one, one taken away
import { useEffect, useState } from "preact/hooks";
import type { OfficerPasskeys, Session } from "../base/answers";
import { get, post } from "../base/api";
import { enter, make, signed, signedWithFile } from "../base/passkey";
import { PasskeyTable } from "../base/passkeys";
import { to, type PageProps } from "../base/router";
import { Button, Failure, Field, Heading, Load, Notice, useLoad } from "../base/ui";
import { session } from "../base/session";
import { Sessions } from "../base/sessions";
import { t } from "../base/words";

const AT = "/v1/officer/passkeys";

/** What a code alone opens, in words. */
function CodeAlone() {
  return (
    <Notice kind="warn" title={t("desk.code-alone")}>
      <p>{t("desk.code-alone-help")}</p>
      <a href={to("/desk/sign-in")}>{t("desk.with-passkey")}</a>
    </Notice>
  );
}

function Add({ keys, again }: { keys: OfficerPasskeys; again: () => void }) {
  const [name, setName] = useState("");
  const [file, setFile] = useState<File>();
  const [failed, setFailed] = useState<unknown>();
  const [refused, setRefused] = useState(false);
  const first = keys.passkeys.length === 0;
  const add = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    setRefused(false);
    try {
      const made = await make(keys.officer, name, keys.challenge, keys.rp);
      const signature = file ? await signedWithFile(file, made.statement) : await signed(made.statement, keys.rp);
      await post(AT, { name, client_data: made.client_data, auth_data: made.auth_data, signature });
      if (!(await session())?.strong) {
        await enter();
        return location.assign(to("/desk/keys"));
      }
      again();
    } catch (error) {
      if (error instanceof DOMException || error instanceof SyntaxError || error instanceof TypeError) setRefused(true);
      else setFailed(error);
    }
  };
  return (
    <form class="card" onSubmit={add}>
      <h2>{t("desk.add-passkey")}</h2>
      <p>{t(first ? "desk.first-passkey-help" : "desk.more-passkey-help")}</p>
      <Failure error={failed} />
      {refused && <Notice kind="warn" title={t("common.passkey-refused")} />}
      <Field label={t("common.passkey.name")} help={t("desk.passkey-name-help")}>
        {(a) => <input {...a} required pattern=".*\S.*" dir="auto" maxLength={60} value={name} onInput={(e) => setName(e.currentTarget.value)} />}
      </Field>
      <Field label={t("desk.key-file")} help={t("desk.key-file-help")}>
        {(a) => <input {...a} type="file" required={first} accept=".key,application/json" onChange={(e) => setFile(e.currentTarget.files?.[0])} />}
      </Field>
      <div class="buttons">
        <Button>{t("desk.add-passkey")}</Button>
      </div>
    </form>
  );
}

export function MyKeys(_: PageProps) {
  const keys = useLoad((signal) => get<OfficerPasskeys>(AT, { signal }), []);
  const [who, setWho] = useState<Session | null>();
  const [failed, setFailed] = useState<unknown>();
  useEffect(() => void session().then(setWho, setFailed), []);
  return (
    <>
      <Heading lead={t("desk.keys-lead")}>{t("desk.keys")}</Heading>
      <Failure error={failed} />
      {who?.strong === false && <CodeAlone />}
      <Load of={keys}>
        {(k) => (
          <>
            <PasskeyTable at={AT} caption={t("desk.keys")} empty={t("desk.no-keys")} list={k.passkeys} change={!!who?.strong} again={keys.again} />
            <Add key={k.passkeys.length} keys={k} again={keys.again} />
          </>
        )}
      </Load>
      <Sessions />
    </>
  );
}
