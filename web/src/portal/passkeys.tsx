// passkeys.tsx - a person's own passkeys: which there are, another one, one taken away
import { useState } from "preact/hooks";
import type { PersonPasskeys } from "../base/answers";
import { get, post } from "../base/api";
import { make } from "../base/passkey";
import { PasskeyTable } from "../base/passkeys";
import { Button, Failure, Field, Load, Notice, useLoad } from "../base/ui";
import { t } from "../base/words";

const AT = "/v1/person/passkeys";

function Add({ keys, again }: { keys: PersonPasskeys; again: () => void }) {
  const [name, setName] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const [refused, setRefused] = useState(false);
  const add = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    setRefused(false);
    try {
      const { client_data, auth_data } = await make(keys.person, name, keys.challenge, keys.rp);
      await post(AT, { name, client_data, auth_data });
      again();
    } catch (error) {
      if (error instanceof DOMException) setRefused(true);
      else setFailed(error);
    }
  };
  return (
    <form onSubmit={add}>
      <Failure error={failed} />
      {refused && <Notice kind="warn" title={t("common.passkey-refused")} />}
      <Field label={t("common.passkey.name")} help={t("portal.passkey-name-help")}>
        {(a) => <input {...a} required pattern=".*\S.*" dir="auto" maxLength={60} value={name} onInput={(e) => setName(e.currentTarget.value)} />}
      </Field>
      <div class="buttons">
        <Button>{t("portal.passkey-add")}</Button>
      </div>
    </form>
  );
}

export function Passkeys() {
  const keys = useLoad((signal) => get<PersonPasskeys>(AT, { signal }), []);
  return (
    <section class="card">
      <h2>{t("portal.passkeys")}</h2>
      <p>{t("portal.passkeys-lead")}</p>
      <Load of={keys}>
        {(k) => (
          <>
            <PasskeyTable at={AT} caption={t("portal.passkeys")} empty={t("portal.no-passkeys")} list={k.passkeys} change again={keys.again} />
            <Add key={k.passkeys.length} keys={k} again={keys.again} />
          </>
        )}
      </Load>
    </section>
  );
}
