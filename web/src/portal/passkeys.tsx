// passkeys.tsx - a person's own passkeys: which there are, another one, one taken away
import { useState } from "preact/hooks";
import { del, get, post } from "../base/api";
import { make } from "../base/passkey";
import { Button, Failure, Field, Load, Moment, Notice, Table, Typed, useLoad } from "../base/ui";
import { t } from "../base/words";

interface Keys {
  person: string;
  rp: string;
  challenge: string;
  passkeys: { id: string; name: string; added: string; used?: string }[];
}

function Add({ keys, again }: { keys: Keys; again: () => void }) {
  const [name, setName] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const [refused, setRefused] = useState(false);
  const add = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    setRefused(false);
    try {
      const { client_data, auth_data } = await make(keys.person, name, keys.challenge, keys.rp);
      await post("/v1/person/passkeys", { name, client_data, auth_data });
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
      <Field label={t("portal.passkey-name")} help={t("portal.passkey-name-help")}>
        {(a) => <input {...a} required dir="auto" maxLength={60} value={name} onInput={(e) => setName(e.currentTarget.value)} />}
      </Field>
      <div class="buttons">
        <Button>{t("portal.passkey-add")}</Button>
      </div>
    </form>
  );
}

export function Passkeys() {
  const keys = useLoad((signal) => get<Keys>("/v1/person/passkeys", { signal }), []);
  const [failed, setFailed] = useState<unknown>();
  const remove = async (id: string) => {
    try {
      await del(`/v1/person/passkeys/${id}`);
      keys.again();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <section class="card">
      <h2>{t("portal.passkeys")}</h2>
      <p>{t("portal.passkeys-lead")}</p>
      <Failure error={failed} />
      <Load of={keys}>
        {(k) => (
          <>
            <Table
              caption={t("portal.passkeys")}
              rows={k.passkeys}
              empty={t("portal.no-passkeys")}
              columns={[
                { label: t("portal.passkey-name"), cell: (r) => <Typed>{r.name}</Typed> },
                { label: t("portal.passkey-added"), cell: (r) => <Moment at={r.added} /> },
                { label: t("portal.passkey-used"), cell: (r) => (r.used ? <Moment at={r.used} /> : t("common.none")) },
                {
                  label: t("portal.passkey-remove"),
                  cell: (r) => (
                    <Button kind="quiet" run={() => remove(r.id)}>
                      {t("portal.passkey-remove")}
                    </Button>
                  ),
                },
              ]}
            />
            <Add key={k.passkeys.length} keys={k} again={keys.again} />
          </>
        )}
      </Load>
    </section>
  );
}
