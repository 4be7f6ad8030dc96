// counter.tsx - who stands at the counter, or wrote: found or recorded, and a case opened for them
//
// Found exactly or not at all: the node keeps keyed hashes and cannot be leafed through. Whoever was found sees
// that they were looked for (docs/counter.md).
import { useState } from "preact/hooks";
import type { Found, FoundList, Made, Moved, ReadLines, ServiceList } from "../base/answers";
import { get, post } from "../base/api";
import { places } from "../base/countries";
import { nationalities } from "../base/fields";
import type { Mission, ServiceRow } from "../base/model";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Button, Day, Failure, Field, Heading, Load, Notice, Tag, Typed, useLoad } from "../base/ui";
import { language, languageName, languages, t } from "../base/words";
import { ownMission, todayAt } from "./mission";

export interface Who {
  surname: string;
  given_names: string;
  surname_latin: string;
  given_names_latin: string;
  birth_date: string;
  nationality: string;
  identity_number: string;
  passport_number: string;
  email: string;
}

export const nobody: Who = { surname: "", given_names: "", surname_latin: "", given_names_latin: "", birth_date: "", nationality: "", identity_number: "", passport_number: "", email: "" };
const TEXTS = ["surname", "given_names", "surname_latin", "given_names_latin", "identity_number", "passport_number", "email"] as const;

/** What was filled in of it. */
function filled(who: Who, leave: (keyof Who)[] = []): Partial<Who> {
  return Object.fromEntries(Object.entries(who).filter(([k, v]) => v.trim() && !leave.includes(k as keyof Who)));
}

export function Counter(_: PageProps) {
  const [who, setWho] = useState<Who>(nobody);
  const [found, setFound] = useState<Found[]>();
  const [chosen, setChosen] = useState<Found>();
  if (chosen) return <OpenCase person={chosen} other={() => setChosen(undefined)} />;
  return (
    <>
      <Heading lead={t("desk.counter.lead")}>{t("desk.counter")}</Heading>
      <p>
        <a href={to("/desk/representatives")}>{t("desk.acts")}</a> · <a href={to("/desk/forms")}>{t("desk.forms")}</a> · <a href={to("/desk/register")}>{t("desk.register")}</a> · <a href={to("/desk/protections")}>{t("desk.protections")}</a>
      </p>
      <Lines fill={(mrz) => setWho({ ...who, ...fromLines(mrz) })} />
      <Search who={who} change={setWho} found={setFound} />
      {found && <Persons list={found} choose={setChosen} />}
      {found && <Record who={who} namesake={found.length > 0} done={setChosen} />}
    </>
  );
}

// the lines are in Latin letters; they find whoever was recorded in either script
export function fromLines(mrz: ReadLines): Partial<Who> {
  const names = { surname: mrz.primary ?? "", given_names: mrz.secondary ?? "" };
  return {
    ...names,
    surname_latin: names.surname,
    given_names_latin: names.given_names,
    birth_date: mrz.birth ?? "",
    nationality: mrz.nationality ?? "",
    passport_number: mrz.number ?? "",
  };
}

/** A reader at the counter types the lines as a keyboard would. */
export function Lines({ fill }: { fill: (mrz: ReadLines) => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const read = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      const mrz = await post<ReadLines>("/v1/mrz", { text });
      setWrong(mrz.wrong.length > 0);
      fill(mrz);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <details class="card">
      <summary>{t("desk.counter.lines")}</summary>
      <form onSubmit={read}>
        <Failure error={failed} />
        {wrong && <Notice kind="warn" title={t("desk.counter.lines-wrong")} />}
        <Field label={t("desk.mrz-lines")} help={t("desk.mrz-help")}>
          {(a) => <textarea {...a} dir="ltr" class="mono" required rows={3} maxLength={200} spellcheck={false} autocomplete="off" value={text} onInput={(e) => setText(e.currentTarget.value)} />}
        </Field>
        <div class="buttons">
          <Button kind="quiet">{t("desk.counter.lines-fill")}</Button>
        </div>
      </form>
    </details>
  );
}

export function Search({ title, who, change, found }: { title?: string; who: Who; change: (w: Who) => void; found: (list: Found[] | undefined) => void }) {
  const [failed, setFailed] = useState<unknown>();
  const set = (part: Partial<Who>) => {
    found(undefined);
    change({ ...who, ...part });
  };
  const find = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      found((await post<FoundList>("/v1/desk/persons/find", filled(who))).persons);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <form class="card" onSubmit={find}>
      <h2>{title ?? t("desk.counter.who")}</h2>
      <p class="help">{t("desk.counter.who-help")}</p>
      <Failure error={failed} />
      <div class="row">
        {TEXTS.slice(0, 2).map((name) => (
          <Text key={name} name={name} who={who} set={set} />
        ))}
      </div>
      <div class="row">
        <Field label={t("desk.counter.birth_date")}>{(a) => <input {...a} type="date" autocomplete="off" value={who.birth_date} onInput={(e) => set({ birth_date: e.currentTarget.value })} />}</Field>
        <Field label={t("desk.counter.nationality")}>
          {(a) => (
            <select {...a} value={who.nationality} onChange={(e) => set({ nationality: e.currentTarget.value })}>
              <option value="">{t("common.choose")}</option>
              {nationalities().map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div class="row">
        {TEXTS.slice(2).map((name) => (
          <Text key={name} name={name} who={who} set={set} />
        ))}
      </div>
      <div class="buttons">
        <Button>{t("desk.counter.find")}</Button>
        <Button kind="quiet" run={() => set(nobody)}>
          {t("desk.counter.clear")}
        </Button>
      </div>
    </form>
  );
}

function Text({ name, who, set }: { name: (typeof TEXTS)[number]; who: Who; set: (part: Partial<Who>) => void }) {
  return (
    <Field label={t(`desk.counter.${name}`)}>
      {(a) => <input {...a} dir={name === "surname" || name === "given_names" ? "auto" : "ltr"} type={name === "email" ? "email" : "text"} maxLength={name === "email" ? 254 : 40} autocomplete="off" value={who[name]} onInput={(e) => set({ [name]: e.currentTarget.value })} />}
    </Field>
  );
}

export function Name({ of }: { of: Found }) {
  if (of.kind === "company") return <Typed>{of.name}</Typed>;
  return <Typed>{[of.given_names, of.surname].filter(Boolean).join(" ") || t("desk.counter.no-name")}</Typed>;
}

export function Persons({ list, choose }: { list: Found[]; choose: (p: Found) => void }) {
  if (!list.length) return <Notice kind="info" title={t("desk.counter.none")} />;
  return (
    <section>
      <h2 role="status">{t("desk.counter.found", { n: list.length })}</h2>
      <ul class="cards">
        {list.map((p) => (
          <li class="card" key={p.id}>
            <p>
              <strong>
                <Name of={p} />
              </strong>{" "}
              {p.identified ? <Tag kind="good">{t("desk.counter.identified")}</Tag> : <Tag>{t("desk.counter.not-identified")}</Tag>}
            </p>
            <p>
              {p.birth_date && <Day on={p.birth_date} />} {p.email && <span class="mono">{p.email}</span>}
            </p>
            <div class="buttons">
              <Button kind="quiet" run={() => choose(p)}>
                {t("desk.counter.choose")}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Somebody who is not known, or another one of the same name: what was seen is said. */
function Record({ who, namesake, done }: { who: Who; namesake: boolean; done: (p: Found) => void }) {
  const [evidence, setEvidence] = useState("");
  const [speaks, setSpeaks] = useState(language);
  const [failed, setFailed] = useState<unknown>();
  const record = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    const known = filled(who, ["email"]);
    try {
      const made = await post<Made>("/v1/desk/persons", { ...known, evidence, language: speaks, ...(namesake ? { namesake: true } : {}) });
      done({ ...known, id: made.id, identified: true });
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <details class="card" open={!namesake}>
      <summary>{t(namesake ? "desk.counter.namesake" : "desk.counter.record")}</summary>
      <form onSubmit={record}>
        <p class="help">{t("desk.counter.record-help")}</p>
        <Failure error={failed} />
        <Field label={t("desk.counter.evidence")} help={t("desk.counter.evidence-help")}>
          {(a) => <input {...a} dir="auto" required maxLength={300} autocomplete="off" value={evidence} onInput={(e) => setEvidence(e.currentTarget.value)} />}
        </Field>
        <Field label={t("desk.counter.language")}>
          {(a) => (
            <select {...a} class="short" value={speaks} onChange={(e) => setSpeaks(e.currentTarget.value)}>
              {languages.map((l) => (
                <option key={l} value={l}>
                  {languageName(l)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div class="buttons">
          <Button kind="quiet">{t("desk.counter.record-now")}</Button>
        </div>
      </form>
    </details>
  );
}

/* ---- the person is known ------------------------------------------------------------------ */

function OpenCase({ person, other }: { person: Found; other: () => void }) {
  const mission = useLoad(ownMission, []);
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const [confirmed, setConfirmed] = useState(person.identified);
  return (
    <>
      <Heading lead={<Name of={person} />}>{t("desk.counter.open")}</Heading>
      <p>
        <Button kind="quiet" run={other}>
          {t("desk.counter.other")}
        </Button>
      </p>
      {!confirmed && <Notice kind="warn" title={t("desk.counter.confirm-first")} />}
      {confirmed && <Load of={mission}>{(m) => m && <Load of={services}>{(s) => <NewCase person={person} mission={m} services={s.services} />}</Load>}</Load>}
      <Address person={person} open={!confirmed} done={() => setConfirmed(true)} />
    </>
  );
}

function NewCase({ person, mission, services }: { person: Found; mission: Mission; services: ServiceRow[] }) {
  const today = todayAt(mission);
  const [asked, setAsked] = useState({ service: "", country: mission.country, channel: "counter", received: today, received_time: "" });
  const [failed, setFailed] = useState<unknown>();
  const open = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      const made = await post<Moved>("/v1/desk/cases", { person: person.id, ...asked, received_time: asked.received_time || undefined });
      go(`/desk/counter/${made.id}`);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <form class="card" onSubmit={open}>
      <Failure error={failed} />
      <Field label={t("desk.service")}>
        {(a) => (
          <select {...a} required value={asked.service} onChange={(e) => setAsked({ ...asked, service: e.currentTarget.value })}>
            <option value="">{t("common.choose")}</option>
            {services.map((s) => (
              <option key={s.name} value={s.name}>
                {s.title}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("desk.counter.country")} help={t("desk.counter.country-help")}>
        {(a) => (
          <select {...a} required value={asked.country} onChange={(e) => setAsked({ ...asked, country: e.currentTarget.value })}>
            {places().map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <fieldset>
        <legend>{t("desk.counter.channel")}</legend>
        {(["counter", "post"] as const).map((c) => (
          <div class="choice" key={c}>
            <input type="radio" id={`channel-${c}`} name="channel" checked={asked.channel === c} onChange={() => setAsked({ ...asked, channel: c })} />
            <label for={`channel-${c}`}>{t(`desk.counter.channel.${c}`)}</label>
          </div>
        ))}
      </fieldset>
      <Field label={t("desk.counter.received")} help={t("desk.counter.received-help")}>
        {(a) => <input {...a} type="date" class="short" required max={today} value={asked.received} onInput={(e) => setAsked({ ...asked, received: e.currentTarget.value })} />}
      </Field>
      <Field label={t("desk.counter.received-time")} help={t("desk.counter.received-time-help")}>
        {(a) => <input {...a} type="time" class="short" value={asked.received_time} onInput={(e) => setAsked({ ...asked, received_time: e.currentTarget.value })} />}
      </Field>
      <div class="buttons">
        <Button>{t("desk.counter.open-now")}</Button>
      </div>
    </form>
  );
}

/** A code goes to the address; the person reads it out. From then on whoever signs in with it has the file. */
function Address({ person, open, done }: { person: Found; open: boolean; done: () => void }) {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const [said, setSaid] = useState({ code: "", evidence: "" });
  const [good, setGood] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const act = (f: () => Promise<void>) => async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      await f();
    } catch (error) {
      setFailed(error);
    }
  };
  const send = act(async () => {
    await post(`/v1/desk/persons/${person.id}/email-codes`, { email });
    setSent(true);
  });
  const confirm = act(async () => {
    await post(`/v1/desk/persons/${person.id}/email`, { email, ...said });
    setGood(true);
    done();
  });
  return (
    <details class="card" open={open}>
      <summary>{t("desk.counter.address")}</summary>
      <p class="help">{t("desk.counter.address-help")}</p>
      <Failure error={failed} />
      {good ? (
        <Notice kind="good" title={t("desk.counter.address-good")} />
      ) : (
        <form onSubmit={sent ? confirm : send}>
          <Field label={t("desk.counter.email")}>{(a) => <input {...a} type="email" dir="ltr" required maxLength={254} autocomplete="off" readOnly={sent} value={email} onInput={(e) => setEmail(e.currentTarget.value)} />}</Field>
          {sent && (
            <>
              <Field label={t("desk.counter.code")}>{(a) => <input {...a} inputMode="numeric" dir="ltr" class="short" required pattern="[0-9]{8}" maxLength={8} autocomplete="off" value={said.code} onInput={(e) => setSaid({ ...said, code: e.currentTarget.value })} />}</Field>
              <Field label={t("desk.counter.evidence")} help={t("desk.counter.evidence-help")}>
                {(a) => <input {...a} dir="auto" required maxLength={300} autocomplete="off" value={said.evidence} onInput={(e) => setSaid({ ...said, evidence: e.currentTarget.value })} />}
              </Field>
            </>
          )}
          <div class="buttons">
            <Button kind="quiet">{t(sent ? "desk.counter.address-confirm" : "desk.counter.address-send")}</Button>
          </div>
        </form>
      )}
    </details>
  );
}
