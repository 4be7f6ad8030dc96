// country.tsx - the file of a host country on one page: all that is between its state and us, and what may be done
import type { CountryFile as HostFile, CountryGlance as Glance, DispatchList, Partner, ServiceList } from "../base/answers";
import { get, Problem } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Day, Heading, Load, Moment, Pairs, Table, Tag, Typed, useLoad, type Loaded } from "../base/ui";
import { country, inWords, language, number, t } from "../base/words";
import type { Authority } from "../base/model";
import { Acts } from "./acts";
import { Figure, share } from "./glance";
import { Contacts, Exchanged, History, Pledges, worded } from "./host";
import { isOpen, Letters } from "./letters";

/** What may not be seen, or is not there, leaves a gap on the page and not an empty page. */
async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

const nothing: Omit<Glance, "country"> = { services: [], decided: 0, within_promise: 0, people: 0, documents: 0, days: [], packages: [], protected: [] };

/** All that one may know of a host country. */
export interface Known {
  code: string;
  name: string;
  partner?: Partner | undefined;
  mission?: Authority["mission"];
  glance: Omit<Glance, "country">;
  file?: HostFile | undefined;
  writes: boolean;
  questions: number;
}

export function useCountry(code: string): Loaded<Known> {
  return useLoad(
    async (signal): Promise<Known> => {
      const asked = <T,>(path: string) => orNothing(get<T>(path, { signal }));
      const [partner, authority, glance, file, letters] = await Promise.all([
        asked<Partner>(`/v1/partners/${code}`),
        asked<Authority>(`/v1/countries/${code}/authority`),
        asked<Glance>(`/v1/countries/${code}/glance`),
        asked<HostFile>(`/v1/countries/${code}/file`),
        asked<DispatchList>(`/v1/partners/${code}/dispatches`),
      ]);
      return {
        code,
        name: inWords(partner?.name) || country(code),
        partner,
        mission: authority?.mission,
        glance: glance ?? nothing,
        file,
        writes: letters !== undefined,
        questions: letters?.dispatches.filter(isOpen).length ?? 0,
      };
    },
    [code],
  );
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
        { label: t("ministry.basis"), cell: (r) => inWords(r.basis), text: (r) => inWords(r.basis) },
        {
          label: t("ministry.in-force"),
          cell: (r) =>
            r.in_force ? (
              <>
                {r.from && <Day on={r.from} both={false} />} – {r.until ? <Day on={r.until} both={false} /> : "…"}{" "}
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

function Standing({ k }: { k: Known }) {
  const p = k.partner;
  return (
    <Pairs
      list={[
        p && [t("ministry.standing"), <Tag kind={p.accreditation === "accredited" ? "good" : p.accreditation === "none" ? "" : "warn"}>{t(`ministry.standing.${p.accreditation}`)}</Tag>],
        p && [t("ministry.recognised"), t(p.recognised ? "common.yes" : "common.no")],
        p?.sanctioned && [t("ministry.sanctioned"), t("common.yes")],
        p && p.organisations.length > 0 && [t("ministry.together-in"), p.organisations.map((o) => inWords(o.name)).join(" · ")],
        k.mission && [t("ministry.served-by"), <a href={to(`/ministry/missions/${k.mission.code}`)}>{inWords(k.mission.name)}</a>],
      ]}
    />
  );
}

function Figures({ of: g }: { of: Omit<Glance, "country"> }) {
  const sum = (f: (s: Glance["services"][number]) => number) => number(g.services.reduce((n, s) => n + f(s), 0));
  return (
    <ul class="figures">
      <Figure value={number(g.people)} label={t("ministry.people")} />
      <Figure value={sum((s) => s.in_hand)} label={t("ministry.open")} />
      <Figure value={sum((s) => s.overdue)} label={t("ministry.overdue")} />
      <Figure value={share(g.within_promise, g.decided)} label={t("ministry.kept")} />
      <Figure value={number(g.documents)} label={t("ministry.documents")} />
    </ul>
  );
}

function Served({ k }: { k: Known }) {
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const title = (name: string) => services.data?.services.find((s) => s.name === name)?.title ?? name;
  const g = k.glance;
  return (
    <section aria-labelledby="served">
      <h2 id="served">{t("ministry.people-there")}</h2>
      <Figures of={g} />
      <Table
        caption={t("ministry.done-there", { country: k.name })}
        name={`services-${k.code}`}
        rows={g.services}
        columns={[
          { label: t("ministry.service"), cell: (r) => title(r.service), text: (r) => title(r.service) },
          { label: t("ministry.this-year"), cell: (r) => number(r.year), text: (r) => r.year, end: true },
          { label: t("ministry.in-all"), cell: (r) => number(r.all), text: (r) => r.all, end: true },
          { label: t("ministry.open"), cell: (r) => number(r.in_hand), text: (r) => r.in_hand, end: true },
          { label: t("ministry.with-the-person"), cell: (r) => number(r.waits), text: (r) => r.waits, end: true },
          { label: t("ministry.overdue"), cell: (r) => (r.overdue ? <Tag kind="bad">{number(r.overdue)}</Tag> : number(0)), text: (r) => r.overdue, end: true },
        ]}
      />
      {g.packages.length > 0 && (
        <Table
          caption={t("ministry.services-from-there")}
          name={`packages-${k.code}`}
          rows={g.packages}
          columns={[
            { label: t("ministry.service"), cell: (r) => title(r.name), text: (r) => title(r.name) },
            { label: t("ministry.version"), cell: (r) => <span class="mono">{r.version}</span>, text: (r) => r.version },
            { label: t("ministry.state"), cell: (r) => t(`ministry.package.${r.state}`), text: (r) => t(`ministry.package.${r.state}`) },
            { label: t("ministry.installed"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
            { label: t("ministry.cases"), cell: (r) => number(r.cases), text: (r) => r.cases, end: true },
          ]}
        />
      )}
      {g.protected.length > 0 && (
        <Table
          caption={t("ministry.protected")}
          name={`protected-${k.code}`}
          rows={g.protected}
          columns={[
            { label: t("ministry.by-whom"), cell: (r) => (r.by === "us" ? t("ministry.pledge.us") : k.name), text: (r) => (r.by === "us" ? t("ministry.pledge.us") : k.name) },
            { label: t("ministry.state"), cell: (r) => worded(`ministry.protection.${r.state}`, r.state), text: (r) => worded(`ministry.protection.${r.state}`, r.state) },
            { label: t("ministry.persons"), cell: (r) => number(r.persons), text: (r) => r.persons, end: true },
          ]}
        />
      )}
    </section>
  );
}

function Between({ k }: { k: Known }) {
  return (
    <section aria-label={t("ministry.given-and-received")}>
      {k.file && <Exchanged list={k.file.exchanged} code={k.code} />}
      <details>
        <summary>{t("ministry.each-act", { n: k.partner?.engagements.length ?? 0 })}</summary>
        <Engagements list={k.partner?.engagements ?? []} />
      </details>
    </section>
  );
}

/** What may not be seen is left out: whoever keeps the file sees all of it. */
function Opened({ k, again }: { k: Known; again: () => void }) {
  const { code, name, partner, file } = k;
  return (
    <>
      <Heading lead={t("ministry.country-lead")}>{name}</Heading>
      <p>
        <a class="button" href={to(`/ministry/countries/${code}/brief`)}>
          {t("ministry.make-brief")}
        </a>
      </p>
      <Standing k={k} />
      {partner && <Agreements list={partner.agreements} />}
      {file && <Pledges list={file.pledges} code={code} name={name} done={again} />}
      {partner && <Acts towards={{ code, name, organisations: partner.organisations }} done={again} />}
      {partner && <Between k={k} />}
      {k.writes && <Letters code={code} />}
      <Served k={k} />
      {file && <Contacts list={file.contacts} code={code} done={again} />}
      <History list={file?.history ?? []} days={k.glance.days} />
    </>
  );
}

export function Country({ params }: PageProps) {
  const known = useCountry(params["country"] ?? "");
  return (
    <>
      <a class="back" href={to("/ministry")}>
        {t("ministry.overview")}
      </a>
      <Load of={known}>{(k) => <Opened k={k} again={known.again} />}</Load>
    </>
  );
}
