// my-file.tsx - a person's own record: what is known, who looked, taking it away, having it erased
import { useState } from "preact/hooks";
import type { AccessList, Person } from "../base/answers";
import { del, get, post, put } from "../base/api";
import type { PageProps } from "../base/router";
import { go } from "../base/router";
import { Button, Failure, Field, Heading, Load, Moment, Notice, Pairs, Table, Typed, useLoad } from "../base/ui";
import { places } from "../base/countries";
import { nationalities } from "../base/fields";
import { t } from "../base/words";
import { forgetDrafts } from "./draft";
import { set } from "../base/session";
import { Sessions } from "../base/sessions";
import { NoticeChoice } from "./notices";
import { Passkeys } from "./passkeys";
import { Representatives } from "./representatives";

const parts = ["surname", "given_names", "surname_latin", "given_names_latin", "birth_date", "nationality", "residence", "phone"] as const;

function Profile({ person }: { person: Person }) {
  const [profile, setProfile] = useState(person.profile ?? {});
  const [failed, setFailed] = useState<unknown>();
  const [saved, setSaved] = useState(false);
  const save = async (e: Event) => {
    e.preventDefault();
    setSaved(false);
    try {
      await put("/v1/person", Object.fromEntries(parts.filter((name) => profile[name]).map((name) => [name, profile[name]])));
      setSaved(true);
      setFailed(undefined);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <form class="card" onSubmit={save}>
      <h2>{t("portal.my-record")}</h2>
      <Pairs list={[[t(profile["email"] ? "portal.sign-in.email" : "portal.sign-in.phone"), <span class="mono" dir="ltr">{profile["email"] ?? profile["sms"]}</span>]]} />
      <Failure error={failed} />
      {saved && <Notice kind="good" title={t("common.saved")} />}
      {parts.map((name) => (
        <Field key={name} label={t(`portal.person.${name}`)}>
          {(a) => {
            const set = (e: Event & { currentTarget: HTMLInputElement | HTMLSelectElement }) => setProfile({ ...profile, [name]: e.currentTarget.value });
            return name === "nationality" || name === "residence" ? (
              <select {...a} value={profile[name] ?? ""} onChange={set}>
                <option value="">{t("common.choose")}</option>
                {(name === "nationality" ? nationalities() : places()).map(([code, text]) => (
                  <option key={code} value={code}>
                    {text}
                  </option>
                ))}
              </select>
            ) : (
              <input {...a} dir="auto" type={name === "birth_date" ? "date" : name === "phone" ? "tel" : "text"} value={profile[name] ?? ""} onInput={set} />
            );
          }}
        </Field>
      ))}
      <div class="buttons">
        <Button>{t("common.save")}</Button>
      </div>
    </form>
  );
}

function Looked() {
  const access = useLoad((signal) => get<AccessList>("/v1/person/access", { signal }), []);
  return (
    <Load of={access}>
      {({ access: list }) => (
        <Table
          caption={t("portal.who-looked")}
          empty={t("portal.nobody-looked")}
          rows={list}
          columns={[
            { label: t("common.when"), cell: (r) => <Moment at={r.at} /> },
            { label: t("common.role"), cell: (r) => t(`common.role.${r.role}`) },
            { label: t("portal.mission"), cell: (r) => r.mission ?? "" },
            { label: t("common.reason"), cell: (r) => <Typed>{r.reason}</Typed> },
          ]}
        />
      )}
    </Load>
  );
}

function Leave() {
  const [sure, setSure] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const erase = async () => {
    try {
      await post("/v1/person/erase");
      forgetDrafts();
      set(null);
      go("/");
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <section class="card">
      <h2>{t("portal.take-or-erase")}</h2>
      <p>
        <a href="/v1/person/export" download="sifara.json">
          {t("portal.export")}
        </a>
      </p>
      <details>
        <summary>{t("portal.erase")}</summary>
        <p>{t("portal.erase-help")}</p>
        <Failure error={failed} />
        <div class="choice">
          <input id="sure" type="checkbox" checked={sure} onChange={(e) => setSure(e.currentTarget.checked)} />
          <label for="sure">{t("portal.erase-sure")}</label>
        </div>
        <Button kind="danger" disabled={!sure} run={erase}>
          {t("portal.erase")}
        </Button>
      </details>
    </section>
  );
}

export async function signOut(): Promise<void> {
  await del("/v1/sessions/current");
  forgetDrafts();
  set(null);
  go("/");
}

export function MyFile(_: PageProps) {
  const person = useLoad((signal) => get<Person>("/v1/person", { signal }), []);
  return (
    <>
      <Heading lead={t("portal.my-file-lead")}>{t("portal.my-file")}</Heading>
      <Load of={person}>{(p) => <Profile person={p} />}</Load>
      <Looked />
      <Representatives />
      <Passkeys />
      <NoticeChoice />
      <Sessions />
      <Leave />
    </>
  );
}

