// representatives.tsx - at the counter: one person acts for another, as a paper says that the officer has seen
import { useState } from "preact/hooks";
import type { Found, ServiceList } from "../base/answers";
import { get, post } from "../base/api";
import { Button, Failure, Field, Heading, Notice, useLoad } from "../base/ui";
import { language, t } from "../base/words";
import { to } from "../base/router";
import { Company } from "./companies";
import { Name, nobody, Persons, Search, type Who } from "./counter";

/** Finds one of the two; whoever was found sees it. */
function Party({ title, chosen, choose, companies = false }: { title: string; chosen: Found | undefined; choose: (p: Found | undefined) => void; companies?: boolean }) {
  const [company, setCompany] = useState(false);
  const [who, setWho] = useState<Who>(nobody);
  const [found, setFound] = useState<Found[]>();
  if (chosen)
    return (
      <section class="card">
        <h2>{title}</h2>
        <p>
          <strong>
            <Name of={chosen} />
          </strong>
        </p>
        <Button kind="quiet" run={() => choose(undefined)}>
          {t("desk.acts.another")}
        </Button>
      </section>
    );
  return (
    <>
      {companies && (
        <div class="choice">
          <input type="checkbox" id="for-company" checked={company} onChange={() => setCompany(!company)} />
          <label for="for-company">{t("desk.acts.company")}</label>
        </div>
      )}
      {company ? (
        <Company choose={choose} />
      ) : (
        <>
          <Search title={title} who={who} change={setWho} found={setFound} />
          {found && <Persons list={found} choose={choose} />}
        </>
      )}
    </>
  );
}

function Paper({ person, holder, done }: { person: Found; holder: Found; done: () => void }) {
  const kinds = person.kind === "company" ? ["director", "representative"] : ["guardian", "family", "representative"];
  const [kind, setKind] = useState(kinds[0]);
  const [basis, setBasis] = useState("");
  const [until, setUntil] = useState("");
  const [only, setOnly] = useState<string[]>([]);
  const [failed, setFailed] = useState<unknown>();
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const record = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      await post("/v1/desk/representatives", { person: person.id, holder: holder.id, kind, basis, until, ...(only.length ? { services: only } : {}) });
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  const toggle = (name: string) => setOnly(only.includes(name) ? only.filter((n) => n !== name) : [...only, name]);
  return (
    <form class="card" onSubmit={record}>
      <h2>{t("desk.acts.paper")}</h2>
      <Failure error={failed} />
      <Field label={t("desk.acts.kind")}>
        {(a) => (
          <select {...a} value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
            {kinds.map((k) => (
              <option key={k} value={k}>
                {t(`desk.acts.${k}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("desk.acts.basis")} help={t("desk.acts.basis-help")}>
        {(a) => <input {...a} dir="auto" required maxLength={500} autocomplete="off" value={basis} onInput={(e) => setBasis(e.currentTarget.value)} />}
      </Field>
      <Field label={t("desk.acts.until")}>{(a) => <input {...a} type="date" required value={until} onInput={(e) => setUntil(e.currentTarget.value)} />}</Field>
      <fieldset>
        <legend>{t("desk.acts.only")}</legend>
        <div class="choices">
          {(services.data?.services ?? []).map((s) => (
            <div class="choice" key={s.name}>
              <input type="checkbox" id={`only-${s.name}`} checked={only.includes(s.name)} onChange={() => toggle(s.name)} />
              <label for={`only-${s.name}`}>{s.title}</label>
            </div>
          ))}
        </div>
      </fieldset>
      <div class="buttons">
        <Button>{t("desk.acts.record")}</Button>
      </div>
    </form>
  );
}

export function Representatives() {
  const [person, setPerson] = useState<Found>();
  const [holder, setHolder] = useState<Found>();
  const [recorded, setRecorded] = useState(false);
  const done = () => {
    setPerson(undefined);
    setHolder(undefined);
    setRecorded(true);
  };
  return (
    <>
      <Heading lead={t("desk.acts.lead")}>{t("desk.acts")}</Heading>
      {recorded && <Notice kind="good" title={t("desk.acts.recorded")} />}
      <Party key={`person${recorded}`} title={t("desk.acts.person")} chosen={person} choose={setPerson} companies />
      {person && <Party title={t("desk.acts.holder")} chosen={holder} choose={setHolder} />}
      {holder && !holder.identified && (
        <Notice kind="warn" title={t("desk.acts.unseen")}>
          <a href={to("/desk/counter")}>{t("desk.counter")}</a>
        </Notice>
      )}
      {person && holder?.identified && <Paper person={person} holder={holder} done={done} />}
    </>
  );
}
