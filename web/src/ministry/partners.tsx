// partners.tsx - the states we deal with: how we stand, what went to and fro, and the receipts for it
import type { Partner as Shown, PartnerList, PartnerRow as Row } from "../base/answers";
import { get } from "../base/api";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Field, Heading, Load, Table, Tag, useLoad } from "../base/ui";
import { collate, country, inWords, number, t } from "../base/words";
import { Closings } from "./closings";
import { Engagements } from "./country";
import { Letters } from "./letters";
import { StandingSteps } from "./standing";
import { Witnesses } from "./witnesses";

const nameOf = (p: { code: string; name: Record<string, string> }) => inWords(p.name) || country(p.code);

export function Partners(_: PageProps) {
  const partners = useLoad((signal) => get<PartnerList>("/v1/partners", { signal }), []);
  return (
    <>
      <Heading lead={t("ministry.partners-lead")}>{t("ministry.partners")}</Heading>
      <Load of={partners}>
        {({ partners: all }) => (
          <Table
            caption={t("ministry.partners")}
            name="partners"
            rows={all.filter((p) => p.accreditation !== "none" || p.given || p.received || p.sanctioned)}
            columns={[
              { label: t("ministry.partner"), cell: (r) => <a href={to(`/ministry/partners/${r.code}`)}>{nameOf(r)}</a>, text: nameOf },
              { label: t("ministry.standing"), cell: (r) => <Tag kind={r.accreditation === "accredited" ? "good" : "warn"}>{t(`ministry.standing.${r.accreditation}`)}</Tag>, text: (r) => r.accreditation },
              { label: t("ministry.given"), cell: (r) => number(r.given), text: (r) => r.given, end: true },
              { label: t("ministry.received"), cell: (r) => number(r.received), text: (r) => r.received, end: true },
              { label: t("ministry.sanctioned"), cell: (r) => (r.sanctioned ? <Tag kind="bad">{t("common.yes")}</Tag> : t("common.no")), text: (r) => String(r.sanctioned) },
            ]}
          />
        )}
      </Load>
      <Load of={partners}>{({ partners: all }) => <Begin all={all} />}</Load>
      <Witnesses scope="all" />
    </>
  );
}

/** A state with which nothing stands yet has a page too: there it is accredited. */
function Begin({ all }: { all: Row[] }) {
  const rest = all.filter((p) => p.accreditation === "none").sort((a, b) => collate(nameOf(a), nameOf(b)));
  return (
    <Field label={t("ministry.other-state")} help={t("ministry.other-state-help")}>
      {(a) => (
        <select {...a} value="" onChange={(e) => e.currentTarget.value && go(`/ministry/partners/${e.currentTarget.value}`)}>
          <option value="">{t("ministry.choose")}</option>
          {rest.map((p) => (
            <option key={p.code} value={p.code}>
              {nameOf(p)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function PartnerPage({ params }: PageProps) {
  const code = params["state"] ?? "";
  const partner = useLoad((signal) => get<Shown>(`/v1/partners/${code}`, { signal }), [code]);
  return (
    <>
      <a class="back" href={to("/ministry/partners")}>
        {t("ministry.partners")}
      </a>
      <Load of={partner}>
        {(p) => (
          <>
            <Heading lead={t(`ministry.standing.${p.accreditation}`)}>{nameOf(p)}</Heading>
            <p>
              <a href={to(`/ministry/countries/${code}`)}>{t("ministry.country-file")}</a>
            </p>
            <StandingSteps code={code} node={p.node} next={p.next} done={partner.again} />
            <Closings list={p.closings ?? []} code={code} nameOf={(state) => (state === code ? nameOf(p) : t("ministry.closing.us"))} />
            <Engagements list={p.engagements} />
            {p.node?.name && <Witnesses scope={code} />}
          </>
        )}
      </Load>
      <Letters code={code} />
    </>
  );
}
