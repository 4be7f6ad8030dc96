// post.tsx - a post is set up: hours, holidays, account, officers, fees; what is there is read from the node, so that
// whoever comes back goes on where something is missing
import type { ComponentChildren } from "preact";
import type { ServiceList } from "../base/answers";
import { get, post } from "../base/api";
import { Fee } from "../base/fee";
import type { Asked, Mission, ServiceRow } from "../base/model";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { lacking, postFacts, type PostFacts, type PostStep } from "../base/setting-up";
import { Heading, Load, Notice, Print, Table, Tag, Typed, useLoad } from "../base/ui";
import { inWords, language, money, t } from "../base/words";
import { Whole } from "./appointments";
import { BankAccount } from "./fees";
import { ownMission } from "./mission";
import { Waiting } from "./proposals";

interface Found extends PostFacts {
  mission: Mission;
  services: ServiceRow[];
  fees: { service: ServiceRow; fee: Asked["fee"] }[];
}

async function find(signal: AbortSignal): Promise<Found | undefined> {
  const mission = await ownMission(signal);
  if (!mission) return undefined;
  const [{ services }, facts] = await Promise.all([get<ServiceList>(`/v1/services?language=${language}`, { signal }), postFacts(mission.code, signal)]);
  const fees = await Promise.all(services.map(async (service) => ({ service, fee: (await post<Asked>(`/v1/services/${service.name}/ask`, { country: mission.country, language })).fee })));
  return { mission, services, fees, ...facts };
}

interface Step {
  name: PostStep | "fees";
  /** What is still missing, in words; none: it is done. */
  missing: string[];
  body: ComponentChildren;
}

export function Post(_: PageProps) {
  const found = useLoad(find, []);
  return (
    <>
      <Heading lead={t("desk.post.lead")}>{t("desk.post")}</Heading>
      <Load of={found}>{(f) => f && <Steps of={f} again={found.again} />}</Load>
    </>
  );
}

function Steps({ of, again }: { of: Found; again: () => void }) {
  const steps = stepsOf(of, again);
  const next = steps.find((s) => s.missing.length);
  const done = steps.filter((s) => !s.missing.length).length;
  return (
    <>
      <h2>{inWords(of.mission.name)}</h2>
      <Notice kind={next ? "warn" : "good"} title={next ? t("desk.post.done-of", { done, all: steps.length }) : t("desk.post.ready")}>
        <progress max={steps.length} value={done} aria-label={t("desk.post.progress")} />
      </Notice>
      <ol class="steps">
        {steps.map((s) => (
          <li key={s.name}>
            <details class="card" open={s === next}>
              <summary>
                {t(`desk.post.step.${s.name}`)} <Tag kind={s.missing.length ? "warn" : "good"}>{t(s.missing.length ? "desk.post.missing" : "desk.post.done")}</Tag>
              </summary>
              {s.missing.length > 0 && (
                <ul>
                  {s.missing.map((m) => (
                    <li key={m}>{m}</li>
                  ))}
                </ul>
              )}
              {s.body}
            </details>
          </li>
        ))}
      </ol>
    </>
  );
}

function stepsOf(of: Found, again: () => void): Step[] {
  const { mission } = of;
  const page = to(`/ministry/missions/${mission.code}`);
  const lacks = lacking(of);
  return [
    {
      name: "hours",
      missing: lacks.hours,
      body: <Whole mission={mission.code} changed={again} />,
    },
    {
      name: "holidays",
      missing: lacks.holidays,
      body: <a href={`${page}#calendar`}>{t("desk.post.to-holidays")}</a>,
    },
    {
      name: "account",
      missing: lacks.account,
      body: (
        <>
          <BankAccount mission={mission.code} account={of.account} done={again} />
          <Waiting list={of.proposals} done={again} />
        </>
      ),
    },
    {
      name: "officers",
      missing: lacks.officers,
      body: (
        <>
          <Table
            caption={t("desk.post.step.officers")}
            name={`officers-${mission.code}`}
            rows={of.officers}
            columns={[
              { label: t("desk.register.name"), cell: (o) => <Typed>{o.name}</Typed>, text: (o) => o.name },
              { label: t("desk.post.roles"), cell: (o) => o.roles.map((r) => t(`desk.role.${r}`)).join(", "), text: (o) => o.roles.join(" ") },
            ]}
          />
          <p class="help">{t("desk.post.officers-help")}</p>
        </>
      ),
    },
    { name: "fees", missing: of.fees.filter((f) => f.fee.amount > 0 && f.fee.currency !== mission.currency).map((f) => t("desk.post.other-currency", { service: f.service.title, currency: f.fee.currency })), body: <Fees of={of} /> },
  ];
}

/** To be put up where people wait: what the rules of each service ask of an ordinary case. */
function Fees({ of }: { of: Found }) {
  return (
    <>
      <p class="help">{t("desk.post.fees-help")}</p>
      <Table
        caption={t("desk.post.step.fees")}
        name={`fees-${of.mission.code}`}
        rows={of.fees}
        columns={[
          { label: t("desk.service"), cell: (r) => r.service.title, text: (r) => r.service.title },
          { label: t("common.form.fee"), cell: (r) => <Fee fee={r.fee} />, text: (r) => money(r.fee.amount, r.fee.currency) },
        ]}
      />
      <div class="buttons">
        <Print quiet />
      </div>
    </>
  );
}
