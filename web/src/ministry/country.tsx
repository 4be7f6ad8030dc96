// country.tsx - the file of a host country on one page, to be printed before a meeting
import { get, Problem } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Day, Heading, Load, Moment, Pairs, Table, Tag, Typed, useLoad } from "../base/ui";
import { country, inWords, language, number, t } from "../base/words";
import type { Authority, ServiceRow } from "../base/model";

type Names = Record<string, string>;

export interface Partner {
  code: string;
  name: Names;
  recognised: boolean;
  sanctioned: boolean;
  accreditation: string;
  balance?: number;
  organisations: { code: string; name: Names }[];
  agreements: { code: string; title: Names; basis: string; from: string; until?: string; in_force: boolean }[];
  engagements: { id: string; action: string; at: string; ended?: string; said: { title?: string; undertakings?: string[]; aim?: string; urgent?: boolean } }[];
}

interface Done {
  services: { service: string; all: number; year: number }[];
}

/** What may not be seen, or is not there, leaves a gap on the page and not an empty page. */
async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

const SOON_MS = 180 * 86_400_000;

function Agreements({ list }: { list: Partner["agreements"] }) {
  return (
    <Table
      caption={t("ministry.agreements")}
      name="agreements"
      rows={list}
      columns={[
        { label: t("ministry.agreement"), cell: (r) => inWords(r.title), text: (r) => inWords(r.title) },
        { label: t("ministry.basis"), cell: (r) => r.basis, text: (r) => r.basis },
        {
          label: t("ministry.in-force"),
          cell: (r) =>
            r.in_force ? (
              <>
                <Day on={r.from} both={false} /> – {r.until ? <Day on={r.until} both={false} /> : "…"}{" "}
                {r.until && Date.parse(r.until) - Date.now() < SOON_MS && <Tag kind="warn">{t("ministry.ends-soon")}</Tag>}
              </>
            ) : (
              <Tag>{t("ministry.not-in-force")}</Tag>
            ),
          text: (r) => `${r.from} – ${r.until ?? ""}`,
        },
      ]}
    />
  );
}

export function Engagements({ list }: { list: Partner["engagements"] }) {
  return (
    <Table
      caption={t("ministry.given-and-received")}
      name="engagements"
      rows={list}
      columns={[
        { label: t("common.when"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
        { label: t("ministry.what"), cell: (r) => t(`ministry.act.${r.action}`), text: (r) => r.action },
        { label: t("ministry.title"), cell: (r) => <Typed>{r.said.title}</Typed>, text: (r) => r.said.title ?? "" },
        { label: t("ministry.promised"), cell: (r) => (r.said.undertakings ?? []).map((u) => t(`ministry.undertaking.${u}`)).join(" · "), text: (r) => (r.said.undertakings ?? []).join(" ") },
      ]}
    />
  );
}

export function Country({ params }: PageProps) {
  const code = params["country"] ?? "";
  const partner = useLoad((signal) => orNothing(get<Partner>(`/v1/partners/${code}`, { signal })).then((p) => p ?? null), [code]);
  const authority = useLoad((signal) => orNothing(get<Authority>(`/v1/countries/${code}/authority`, { signal })).then((a) => a ?? null), [code]);
  const done = useLoad((signal) => orNothing(get<Done>(`/v1/countries/${code}/glance`, { signal })).then((d) => d ?? { services: [] }), [code]);
  const services = useLoad((signal) => get<{ services: ServiceRow[] }>(`/v1/services?language=${language}`, { signal }), []);
  const title = (name: string) => services.data?.services.find((s) => s.name === name)?.title ?? name;
  const name = inWords(partner.data?.name) || country(code);
  return (
    <>
      <a class="back" href={to("/ministry")}>
        {t("ministry.overview")}
      </a>
      <Heading lead={t("ministry.country-lead")}>{name}</Heading>
      <div class="buttons">
        <Button kind="quiet" run={() => window.print()}>
          {t("ministry.print-brief")}
        </Button>
      </div>
      <Load of={partner}>
        {(p) =>
          p && (
            <>
              <Pairs
                list={[
                  [t("ministry.standing"), <Tag kind={p.accreditation === "accredited" ? "good" : p.accreditation === "none" ? "" : "warn"}>{t(`ministry.standing.${p.accreditation}`)}</Tag>],
                  [t("ministry.recognised"), t(p.recognised ? "common.yes" : "common.no")],
                  p.sanctioned && [t("ministry.sanctioned"), t("common.yes")],
                  p.organisations.length > 0 && [t("ministry.together-in"), p.organisations.map((o) => inWords(o.name)).join(" · ")],
                  authority.data?.mission && [t("ministry.served-by"), <a href={to(`/ministry/missions/${authority.data.mission.code}`)}>{inWords(authority.data.mission.name)}</a>],
                ]}
              />
              <Agreements list={p.agreements} />
              <Engagements list={p.engagements} />
            </>
          )
        }
      </Load>
      <Load of={done}>
        {(d) => (
          <Table
            caption={t("ministry.done-there", { country: country(code) })}
            name={`services-${code}`}
            rows={d.services}
            columns={[
              { label: t("ministry.service"), cell: (r) => title(r.service), text: (r) => title(r.service) },
              { label: t("ministry.this-year"), cell: (r) => number(r.year), text: (r) => r.year, end: true },
              { label: t("ministry.in-all"), cell: (r) => number(r.all), text: (r) => r.all, end: true },
            ]}
          />
        )}
      </Load>
    </>
  );
}
