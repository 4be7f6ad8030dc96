// paper.tsx - the forms of all services on paper, for the day on which nothing works: printed before it, entered after
import type { ComponentChildren } from "preact";
import type { ServiceList } from "../base/answers";
import { get } from "../base/api";
import { labelOf, wordKey } from "../base/labels";
import type { PlanField, PlanPage, Schema, ServiceForm } from "../base/model";
import { isRequired, schemaAt, wordsOf } from "../base/model";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Heading, Load, Print, Table, useLoad } from "../base/ui";
import { language, languageName, languages, number, t } from "../base/words";

const REPEATS = 2;
const FEW = 14;

export function PaperForms(_: PageProps) {
  const all = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  return (
    <>
      <Heading lead={t("desk.forms.lead")}>{t("desk.forms")}</Heading>
      <Load of={all}>
        {({ services }) => (
          <Table
            caption={t("desk.forms.services")}
            name="forms"
            rows={services}
            columns={[
              { label: t("desk.service"), cell: (s) => s.title, text: (s) => s.title },
              {
                label: t("desk.forms.print"),
                cell: (s) => (
                  <ul class="filters">
                    {languages.map((l) => (
                      <li key={l}>
                        <a href={`/${l}/desk/forms/${s.name}`} hreflang={l} lang={l}>
                          {languageName(l)}
                        </a>
                      </li>
                    ))}
                  </ul>
                ),
              },
            ]}
          />
        )}
      </Load>
    </>
  );
}

export function PaperForm({ params }: PageProps) {
  const name = params["service"] ?? "";
  const service = useLoad((signal) => get<ServiceForm>(`/v1/services/${name}?language=${language}`, { signal }), [name]);
  return <Load of={service}>{(s) => <Paper of={s} />}</Load>;
}

function Paper({ of }: { of: ServiceForm }) {
  const words = wordsOf(of);
  const enclosures = Object.entries(words).filter(([key]) => key.startsWith("attachment."));
  return (
    <article class="paper">
      <div class="buttons">
        <Print />
        <a class="button quiet" href={to("/desk/forms")}>
          {t("desk.forms")}
        </a>
      </div>
      <Heading lead={t("desk.forms.capitals")}>{words["title"] ?? of.service.name}</Heading>
      {of.pages.map((p) => (
        <Part key={p.id} page={p} service={of} words={words} />
      ))}
      {enclosures.length > 0 && (
        <section>
          <h2>{t("common.form.documents")}</h2>
          <ul class="ticks">
            {enclosures.map(([key, text]) => (
              <li key={key}>
                <Tick>{text}</Tick>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2>{t("desk.forms.declaration")}</h2>
        <p>{t("desk.forms.declare")}</p>
        <Row label={t("desk.forms.day")}>
          <DayBoxes />
        </Row>
        <Row label={t("desk.forms.signature")}>
          <Rule />
        </Row>
      </section>
      <section class="office">
        <h2>{t("desk.forms.office")}</h2>
        <p class="help">{t("desk.forms.office-help")}</p>
        <Row label={t("desk.forms.received-day")}>
          <DayBoxes />
        </Row>
        <Row label={t("desk.forms.received-time")}>
          <Boxes groups={[2, 2]} between=":" />
        </Row>
        <Row label={t("desk.counter.channel")}>
          <Tick>{t("desk.counter.channel.counter")}</Tick> <Tick>{t("desk.counter.channel.post")}</Tick>
        </Row>
        {["seen", "paid", "officer"].map((k) => (
          <Row key={k} label={t(`desk.forms.${k}`)}>
            <Rule />
          </Row>
        ))}
        <p class="mono" dir="ltr">
          {of.service.name} {of.service.version}
        </p>
      </section>
    </article>
  );
}

function Part({ page, service, words }: { page: PlanPage; service: ServiceForm; words: Record<string, string> }) {
  const times = page.repeat ? Math.min(page.repeat.max, REPEATS) : 1;
  return (
    <section>
      <h2>{words[page.title] ?? page.title}</h2>
      {page.help && <p class="help">{words[page.help]}</p>}
      {page.when !== undefined && <p class="help">{t("desk.forms.if")}</p>}
      {Array.from({ length: times }, (_, i) => (
        <div key={i}>
          {page.repeat && (
            <h3>
              {words[page.repeat.item] ?? ""} {number(i + 1)}
            </h3>
          )}
          {page.fields.map((f) => (
            <Blank key={f.at} field={f} service={service} words={words} />
          ))}
        </div>
      ))}
    </section>
  );
}

/** A field, or those of which it is made. */
function Blank({ field, service, words }: { field: PlanField; service: ServiceForm; words: Record<string, string> }) {
  const schema = schemaAt(service.form, field.at);
  if (schema?.properties)
    return (
      <>
        {Object.keys(schema.properties).map((name) => (
          <Blank key={name} field={{ at: `${field.at}/${name}`, kind: "" }} service={service} words={words} />
        ))}
      </>
    );
  if (field.kind === "signature") return null; // signed below
  const label = labelOf(field, field.at, words);
  const must = field.when === undefined && isRequired(service.form, field.at, {});
  return (
    <Row label={must ? `${label} *` : label} help={[field.help && words[field.help], field.when !== undefined && t("desk.forms.if")].filter(Boolean).join(" ")}>
      {space(field, schema, words)}
    </Row>
  );
}

function space(field: PlanField, schema: Schema | undefined, words: Record<string, string>): ComponentChildren {
  const options = schema?.enum;
  if (options && options.length <= FEW) return options.map((o) => <Tick key={String(o)}>{words[`option.${wordKey(field.at)}.${o}`] ?? String(o)}</Tick>);
  if (schema?.type === "boolean") return ["common.yes", "common.no"].map((w) => <Tick key={w}>{t(w)}</Tick>);
  if (field.kind === "date" || schema?.format === "date") return <DayBoxes />;
  if (field.kind === "passport" || field.kind === "phone") return <Boxes groups={[field.kind === "phone" ? 16 : 9]} />;
  if (field.kind === "long") return [1, 2, 3].map((i) => <Rule key={i} />);
  return <Rule />;
}

function Row({ label, help, children }: { label: string; help?: string; children: ComponentChildren }) {
  return (
    <div class="blank">
      <p class="label">
        {label}
        {help && <small>{help}</small>}
      </p>
      <div class="space">{children}</div>
    </div>
  );
}

const Rule = () => <span class="rule" />;

function Tick({ children }: { children: ComponentChildren }) {
  return (
    <span class="tick">
      <span class="box" /> {children}
    </span>
  );
}

function Boxes({ groups, between = "" }: { groups: number[]; between?: string }) {
  return (
    <span class="boxes" dir="ltr">
      {groups.map((n, g) => (
        <span key={g}>
          {g > 0 && <span> {between} </span>}
          {Array.from({ length: n }, (_, i) => (
            <span key={i} class="box" />
          ))}
        </span>
      ))}
    </span>
  );
}

function DayBoxes() {
  return (
    <>
      <Boxes groups={[2, 2, 4]} between="/" /> <small>{t("desk.forms.day-order")}</small>
    </>
  );
}
