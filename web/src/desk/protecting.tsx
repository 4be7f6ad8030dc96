// protecting.tsx - a partner's citizen stands at our counter where their state has no mission: their own state is asked
//
// The form is ours, for a service of the same name; what it asks for is ours, what follows from it is theirs. Nothing is
// kept on the device or here before it is sent.
import { useMemo, useState } from "preact/hooks";
import type { Aims, PartnerList, ProtectionGiven, ServiceList } from "../base/answers";
import { get, post } from "../base/api";
import { places } from "../base/countries";
import { Form, type Sheet } from "../base/form";
import type { Answers, ServiceForm } from "../base/model";
import { schemaAt, wordsOf } from "../base/model";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Button, Field, Heading, Load, Notice, Typed, useLoad } from "../base/ui";
import { inWords, language, t } from "../base/words";
import { fromLines, Lines } from "./counter";
import { ownMission } from "./mission";

const TEXTS = ["surname", "given_names", "surname_latin", "given_names_latin"] as const;
const PAPER_MAX = 2_000_000;

interface Asking {
  partner: string;
  /** as people call it */
  state: string;
  service: string;
  country: string;
  aim: string;
  capability: string;
  person: Record<string, string>;
}

interface Choices {
  partners: PartnerList;
  services: ServiceList;
  aims: Aims;
  here: string;
}

const choices = async (signal: AbortSignal): Promise<Choices> => {
  const [partners, services, aims, mission] = await Promise.all([
    get<PartnerList>("/v1/partners", { signal }),
    get<ServiceList>(`/v1/services?language=${language}`, { signal }),
    get<Aims>("/v1/aims", { signal }),
    ownMission(signal),
  ]);
  return { partners, services, aims, here: mission?.country ?? "" };
};

export function AskProtection(_: PageProps) {
  const [asking, setAsking] = useState<Asking>();
  const all = useLoad(choices, []);
  if (asking) return <Filled asking={asking} />;
  return (
    <>
      <a class="back" href={to("/desk/protections")}>
        {t("desk.protections")}
      </a>
      <Heading lead={t("desk.protections.ask-lead")}>{t("desk.protections.ask")}</Heading>
      <Load of={all}>{(c) => <Begin choices={c} done={setAsking} />}</Load>
    </>
  );
}

function Begin({ choices: c, done }: { choices: Choices; done: (asking: Asking) => void }) {
  const [asking, setAsking] = useState<Asking>({ partner: "", state: "", service: "", country: c.here, aim: "", capability: "", person: {} });
  const set = (part: Partial<Asking>) => setAsking({ ...asking, ...part });
  const person = (part: Record<string, string>) => set({ person: { ...asking.person, ...part } });
  const select = (name: "partner" | "service" | "country" | "aim" | "capability", label: string, options: [string, string][], help?: string) => (
    <Field label={label} help={help}>
      {(a) => (
        <select {...a} required value={asking[name]} onChange={(e) => set({ [name]: e.currentTarget.value })}>
          <option value="">{t("common.choose")}</option>
          {options.map(([code, text]) => (
            <option key={code} value={code}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  return (
    <>
      <Lines fill={(mrz) => person(Object.fromEntries(Object.entries(fromLines(mrz)).filter(([name]) => name !== "passport_number")))} />
      <form
        class="card"
        onSubmit={(e) => {
          e.preventDefault();
          done({ ...asking, state: inWords(c.partners.partners.find((p) => p.code === asking.partner)?.name) });
        }}
      >
        {select("partner", t("desk.protections.state-of-person"), c.partners.partners.map((p) => [p.code, inWords(p.name)]))}
        {select("service", t("desk.service"), c.services.services.map((s) => [s.name, s.title]), t("desk.protections.service-help"))}
        {select("country", t("desk.counter.country"), places())}
        <h2>{t("desk.protections.person")}</h2>
        <div class="row">
          {TEXTS.map((name) => (
            <Field key={name} label={t(`desk.counter.${name}`)}>
              {(a) => <input {...a} dir={name.endsWith("latin") ? "ltr" : "auto"} required={!name.endsWith("latin")} maxLength={100} autocomplete="off" value={asking.person[name] ?? ""} onInput={(e) => person({ [name]: e.currentTarget.value })} />}
            </Field>
          ))}
          <Field label={t("desk.counter.birth_date")}>{(a) => <input {...a} type="date" required autocomplete="off" value={asking.person["birth_date"] ?? ""} onInput={(e) => person({ birth_date: e.currentTarget.value })} />}</Field>
          <Field label={t("desk.counter.nationality")} help={t("desk.protections.nationality-help")}>
            {(a) => <input {...a} dir="ltr" class="short" required pattern="[A-Z]{3}" maxLength={3} autocomplete="off" value={asking.person["nationality"] ?? ""} onInput={(e) => person({ nationality: e.currentTarget.value.toUpperCase() })} />}
          </Field>
        </div>
        <h2>{t("desk.protections.why")}</h2>
        {select("aim", t("desk.protections.aim"), c.aims.aims.filter((x) => x.pursued).map((x) => [x.code, inWords(x.title)]))}
        {select("capability", t("desk.protections.capability"), c.aims.capabilities.map((x) => [x.code, inWords(x.title)]))}
        <div class="buttons">
          <Button>{t("common.continue")}</Button>
        </div>
      </form>
    </>
  );
}

/** Answers that are nowhere but in this page until they are sent. */
class Held implements Sheet {
  constructor(public answers: Answers) {}
  change(answers: Answers): void {
    this.answers = answers;
  }
  async flush(): Promise<void> {}
  done(): void {}
  stop(): void {}
}

/** What is known of the person already is not asked again. */
function withoutKnown(service: ServiceForm, person: Record<string, string>): ServiceForm {
  const known = (at: string) => person[at.slice(1)] !== undefined;
  return { ...service, pages: service.pages.map((p) => ({ ...p, fields: p.fields.filter((f) => !known(f.at)) })).filter((p) => p.fields.length) };
}

function Filled({ asking }: { asking: Asking }) {
  const service = useLoad((signal) => get<ServiceForm>(`/v1/services/${asking.service}?language=${language}`, { signal }), []);
  return <Load of={service}>{(s) => <Whole asking={asking} service={s} />}</Load>;
}

const encoded = (file: File): Promise<string> =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ""));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });

function Whole({ asking, service }: { asking: Asking; service: ServiceForm }) {
  const person = Object.fromEntries(Object.entries(asking.person).filter(([, v]) => v.trim()));
  const asked = useMemo(() => withoutKnown(service, person), [service]);
  const sheet = useMemo(() => new Held(Object.fromEntries(Object.entries(person).filter(([name]) => schemaAt(service.form, `/${name}`)))), [service]);
  const [paper, setPaper] = useState<File>();
  const send = async () => {
    const made = await post<ProtectionGiven>(`/v1/partners/${asking.partner}/protection/given`, {
      title: t("desk.protections.title", { state: asking.state, service: wordsOf(service)["title"] ?? asking.service }),
      citizen: asking.partner,
      aim: asking.aim,
      capability: asking.capability,
      case: {
        service: asking.service,
        country: asking.country,
        person,
        answers: sheet.answers,
        ...(paper ? { paper: { name: paper.name, data: await encoded(paper) } } : {}),
      },
    });
    go(`/desk/protections/${made.protection ?? ""}`);
  };
  return (
    <Form
      file={{ service: asking.service, country: asking.country, attachments: [] }}
      service={asked}
      sheet={sheet}
      status={t("desk.protections.not-sent")}
      before={{ href: to("/desk/protections"), label: t("desk.protections") }}
      begin=""
      reload={() => {}}
      elsewhere
      extra={{ id: "paper", title: t("desk.protections.paper"), short: paper?.name ?? t("desk.protections.no-paper"), page: <Paper have={paper} set={setPaper} /> }}
      last={{ note: t("desk.protections.declare", { state: asking.state }), label: t("desk.protections.ask-now"), send }}
    />
  );
}

/** One scan of what the person brought, if anything. */
function Paper({ have, set }: { have: File | undefined; set: (file: File | undefined) => void }) {
  const [large, setLarge] = useState(false);
  const choose = (e: Event & { currentTarget: HTMLInputElement }) => {
    const file = e.currentTarget.files?.[0];
    setLarge(!!file && file.size > PAPER_MAX);
    set(file && file.size <= PAPER_MAX ? file : undefined);
  };
  return (
    <>
      {large && <Notice kind="bad" title={t("desk.protections.too-large")} />}
      {have && (
        <p>
          <Typed>{have.name}</Typed>
        </p>
      )}
      <Field label={t("desk.protections.paper-file")} help={t("desk.protections.paper-help")}>
        {(a) => <input {...a} type="file" accept="image/*,application/pdf" onChange={choose} />}
      </Field>
    </>
  );
}
