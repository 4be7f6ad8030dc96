// host.tsx - the file of a host country: contacts, what each side promised, what went to and fro, day by day
import { useState } from "preact/hooks";
import type { Contact, CountryFile as HostFile, DayCounts, Happened, Pledge } from "../base/answers";
import { post } from "../base/api";
import { useSigning } from "../base/signing";
import { Button, Day, Field, Table, Tag, Typed } from "../base/ui";
import { day as dayInWords, has, number, t } from "../base/words";

/** What the catalogue has no word for is shown as it came. */
export const worded = (key: string, value: string) => (has(key) ? t(key) : value);

const today = () => new Date().toISOString().slice(0, 10);
export const overdue = (p: Pledge) => !p.outcome && p.due < today();

/** Given to them, received from them: an act by its name. */
export const isOurs = (action: string) => action.endsWith(".give");

/* ---- contacts ------------------------------------------------------------------------------ */

export function Contacts({ list, code, done }: { list: Contact[]; code: string; done: () => void }) {
  const { attempt, told } = useSigning(done);
  return (
    <section aria-label={t("ministry.contacts")}>
      {told}
      <Table
        caption={t("ministry.contacts")}
        name={`contacts-${code}`}
        rows={list}
        empty={t("ministry.no-contacts")}
        columns={[
          { label: t("ministry.contact-name"), cell: (r) => <Typed>{r.said.name}</Typed>, text: (r) => r.said.name },
          { label: t("ministry.contact-office"), cell: (r) => <Typed>{r.said.office}</Typed>, text: (r) => r.said.office ?? "" },
          { label: t("ministry.contact-phone"), cell: (r) => r.said.phone && <a class="mono" href={`tel:${r.said.phone}`}>{r.said.phone}</a>, text: (r) => r.said.phone ?? "" },
          { label: t("ministry.contact-email"), cell: (r) => r.said.email && <a class="mono" href={`mailto:${r.said.email}`}>{r.said.email}</a>, text: (r) => r.said.email ?? "" },
          { label: t("ministry.note"), cell: (r) => <Typed>{r.said.note}</Typed>, text: (r) => r.said.note ?? "" },
          {
            label: t("ministry.until"),
            cell: (r) =>
              r.ended ? (
                <Day on={r.ended.slice(0, 10)} both={false} />
              ) : (
                <Button kind="quiet" run={() => attempt(() => post(`/v1/contacts/${r.id}/end`))} aria-label={t("ministry.end-contact", { name: r.said.name })}>
                  {t("ministry.end")}
                </Button>
              ),
            text: (r) => r.ended ?? "",
          },
        ]}
      />
      <NewContact code={code} done={done} />
    </section>
  );
}

const contactFields = [
  { name: "name", type: "text", required: true },
  { name: "office", type: "text" },
  { name: "phone", type: "tel" },
  { name: "email", type: "email" },
  { name: "note", type: "text" },
];

/** What was left empty is not sent. */
const filled = (values: Record<string, string>) => Object.fromEntries(Object.entries(values).filter(([, v]) => v));

function NewContact({ code, done }: { code: string; done: () => void }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const { attempt, told } = useSigning(() => (setValues({}), done()));
  const save = (e: Event) => (e.preventDefault(), attempt(() => post(`/v1/countries/${code}/contacts`, filled(values))));
  return (
    <details>
      <summary>{t("ministry.add-contact")}</summary>
      <form onSubmit={save}>
        {told}
        {contactFields.map((f) => (
          <Field key={f.name} label={t(f.name === "note" ? "ministry.note" : `ministry.contact-${f.name}`)} help={f.name === "phone" ? t("ministry.phone-help") : undefined} id={`contact-${f.name}`}>
            {(a) => <input {...a} type={f.type} required={f.required} dir={f.type === "text" ? "auto" : "ltr"} value={values[f.name] ?? ""} onInput={(e) => setValues({ ...values, [f.name]: e.currentTarget.value })} />}
          </Field>
        ))}
        <div class="buttons">
          <Button>{t("ministry.add-contact")}</Button>
        </div>
      </form>
    </details>
  );
}

/* ---- promises between the states ------------------------------------------------------------- */

function PledgeState({ of }: { of: Pledge }) {
  if (of.outcome) return <Tag kind={of.outcome === "kept" ? "good" : of.outcome === "broken" ? "bad" : ""}>{t(`ministry.pledge.${of.outcome}`)}</Tag>;
  return overdue(of) ? <Tag kind="bad">{t("ministry.overdue")}</Tag> : <Tag>{t("ministry.pledge.open")}</Tag>;
}

export function Pledges({ list, code, name, done }: { list: Pledge[]; code: string; name: string; done: () => void }) {
  const { attempt, told } = useSigning(done);
  const settle = (p: Pledge, outcome: string) => attempt(() => post(`/v1/pledges/${p.id}/settle`, { outcome }));
  const by = (p: Pledge) => (p.said.by === "us" ? t("ministry.pledge.us") : name);
  return (
    <section aria-label={t("ministry.pledges")}>
      {told}
      <Table
        caption={t("ministry.pledges")}
        name={`promises-${code}`}
        rows={list}
        empty={t("ministry.no-pledges")}
        columns={[
          { label: t("ministry.pledge.by"), cell: by, text: by },
          { label: t("ministry.pledge.what"), cell: (r) => <Typed>{r.said.text}</Typed>, text: (r) => r.said.text },
          { label: t("ministry.basis"), cell: (r) => <Typed>{r.said.basis}</Typed>, text: (r) => r.said.basis ?? "" },
          { label: t("ministry.pledge.due"), cell: (r) => <Day on={r.due} both={false} />, text: (r) => r.due },
          { label: t("ministry.state"), cell: (r) => <PledgeState of={r} />, text: (r) => t(`ministry.pledge.${r.outcome ?? "open"}`) },
          {
            label: t("ministry.pledge.settle"),
            cell: (r) =>
              r.outcome ? (
                <Typed>{r.settling?.note}</Typed>
              ) : (
                <div class="buttons">
                  {["kept", "broken"].map((o) => (
                    <Button key={o} kind="quiet" run={() => settle(r, o)} aria-label={`${t(`ministry.pledge.${o}`)}: ${r.said.text}`}>
                      {t(`ministry.pledge.${o}`)}
                    </Button>
                  ))}
                </div>
              ),
            text: (r) => r.settling?.note ?? "",
          },
        ]}
      />
      <NewPledge code={code} name={name} done={done} />
    </section>
  );
}

function NewPledge({ code, name, done }: { code: string; name: string; done: () => void }) {
  const [by, setBy] = useState("us");
  const [values, setValues] = useState<Record<string, string>>({});
  const { attempt, told } = useSigning(() => (setValues({}), done()));
  const save = (e: Event) => (e.preventDefault(), attempt(() => post(`/v1/countries/${code}/pledges`, { by, ...filled(values) })));
  const input = (field: string, type: string, required: boolean) => (
    <Field label={t(field === "basis" ? "ministry.basis" : `ministry.pledge.${field === "text" ? "what" : field}`)} id={`pledge-${field}`}>
      {(a) => <input {...a} type={type} required={required} dir={type === "date" ? undefined : "auto"} value={values[field] ?? ""} onInput={(e) => setValues({ ...values, [field]: e.currentTarget.value })} />}
    </Field>
  );
  return (
    <details>
      <summary>{t("ministry.add-pledge")}</summary>
      <form onSubmit={save}>
        {told}
        <Field label={t("ministry.pledge.by")} id="pledge-by">
          {(a) => (
            <select {...a} value={by} onChange={(e) => setBy(e.currentTarget.value)}>
              <option value="us">{t("ministry.pledge.us")}</option>
              <option value="them">{name}</option>
            </select>
          )}
        </Field>
        {input("text", "text", true)}
        {input("due", "date", true)}
        {input("basis", "text", false)}
        <div class="buttons">
          <Button>{t("ministry.add-pledge")}</Button>
        </div>
      </form>
    </details>
  );
}

/* ---- what went to and fro -------------------------------------------------------------------- */

export function Exchanged({ list, code }: { list: HostFile["exchanged"]; code: string }) {
  return (
    <Table
      caption={t("ministry.exchanged")}
      name={`exchanged-${code}`}
      rows={[...list].sort((a, b) => Number(isOurs(b.action)) - Number(isOurs(a.action)))}
      columns={[
        { label: t("ministry.what"), cell: (r) => t(`ministry.act.${r.action}`), text: (r) => t(`ministry.act.${r.action}`) },
        { label: t("ministry.this-year"), cell: (r) => number(r.year), text: (r) => r.year, end: true },
        { label: t("ministry.in-all"), cell: (r) => number(r.all), text: (r) => r.all, end: true },
        { label: t("ministry.goes-on-now"), cell: (r) => number(r.open), text: (r) => r.open, end: true },
      ]}
    />
  );
}

/* ---- day by day ------------------------------------------------------------------------------ */

/** What an act was about, in its own words; a standing in ours. */
function about(h: Happened) {
  if (h.said.standing) return t(`ministry.standing.${h.said.standing}`);
  return <Typed>{h.said.title ?? h.said.text ?? h.said.name}</Typed>;
}

/** All that happened, under its day; what was done for people is counted, the acts between the states are told. */
export function History({ list, days }: { list: Happened[]; days: DayCounts[] }) {
  const all = [...new Set([...list.map((h) => h.at.slice(0, 10)), ...days.map((d) => d.day)])].sort().reverse().slice(0, 30);
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t("ministry.history")}</h2>
      {!all.length && <p class="empty">{t("common.nothing")}</p>}
      <ol class="timeline">
        {all.map((d) => {
          const counted = days.find((x) => x.day === d);
          return (
            <li key={d}>
              <time dateTime={d}>{dayInWords(d)}</time>
              {counted && <p>{t("ministry.day-counts", { applications: counted.applications, documents: counted.documents })}</p>}
              {list
                .filter((h) => h.at.startsWith(d))
                .map((h) => (
                  <p key={`${h.at}${h.action}`}>
                    <strong>{t(`ministry.act.${h.action}`)}</strong> {about(h)}
                  </p>
                ))}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

