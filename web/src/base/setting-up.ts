// setting-up.ts - what a post still lacks before it works: said where it is set up, and on the mission's page
import type { AccountPage, AppointmentRules, Calendar, Officer, OfficerList, Proposal } from "./answers";
import { get } from "./api";
import { t, yearIn } from "./words";

export interface PostFacts {
  rules: AppointmentRules["rules"];
  /** years whose holidays the head of mission signed */
  years: number[];
  account: AccountPage["account"];
  proposals: Proposal[];
  officers: Officer[];
}

export async function postFacts(mission: string, signal: AbortSignal): Promise<PostFacts> {
  const at = `/v1/missions/${mission}`;
  const [{ rules }, { signed }, { account, proposals }, { officers }] = await Promise.all([
    get<AppointmentRules>(`${at}/appointments`, { signal }),
    get<Calendar>(`${at}/calendar`, { signal }),
    get<AccountPage>(`${at}/account`, { signal }),
    get<OfficerList>(`/v1/officers?mission=${mission}`, { signal }),
  ]);
  return { rules, years: signed.map((s) => s.year), account, proposals, officers: officers.filter((o) => o.state === "active") };
}

export type PostStep = "hours" | "holidays" | "account" | "officers";

/** In words, step by step; nothing: it is done. */
export function lacking(of: PostFacts): Record<PostStep, string[]> {
  const year = new Date().getFullYear();
  const roles = new Set(of.officers.flatMap((o) => o.roles));
  return {
    hours: of.rules.length ? [] : [t("common.post.no-hours")],
    holidays: [year, year + 1].filter((y) => !of.years.includes(y)).map((y) => t("common.post.no-holidays", { year: yearIn(y) })),
    account: of.account ? [] : [t(of.proposals.length ? "common.post.account-waits" : "common.post.no-account")],
    officers: ["consular-officer", "consul", "head-of-mission"].filter((r) => !roles.has(r)).map((r) => t("common.post.no-officer", { role: t(`common.role.${r}`) })),
  };
}
