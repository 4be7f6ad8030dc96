// mission.ts - the mission of whoever is signed in, as the pages of its counter need it
import type { MissionList } from "../base/answers";
import { get } from "../base/api";
import type { Mission } from "../base/model";
import { session } from "../base/session";

export async function ownMission(signal?: AbortSignal): Promise<Mission | undefined> {
  const who = await session();
  const { missions } = await get<MissionList>("/v1/missions", signal ? { signal } : {});
  return missions.find((m) => m.code === who?.mission);
}

/** The day that it is there now. */
export function todayAt(mission: Mission): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: mission.zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
}

/** The names of all missions, by their codes. */
export async function missionNames(signal?: AbortSignal): Promise<Record<string, Mission["name"]>> {
  const { missions } = await get<MissionList>("/v1/missions", signal ? { signal } : {});
  return Object.fromEntries(missions.map((m) => [m.code, m.name]));
}
