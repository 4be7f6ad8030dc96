// home.tsx - where are you, and what happened? From there to the service and the mission that answers
import { useState } from "preact/hooks";
import type { MissionPage, ServiceList } from "../base/answers";
import { get } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Heading, Load, useLoad } from "../base/ui";
import { collate, country, folded, has, inWords, language, stateName, t } from "../base/words";
import { places } from "../base/countries";
import type { Authority, ServiceRow } from "../base/model";
import { Open } from "../base/opening";
import { place, setPlace } from "./place";

function Where({ code, change }: { code: string; change: (code: string) => void }) {
  const list = places();
  return (
    <div class="field">
      <label for="where">{t("portal.where")}</label>
      <select
        id="where"
        autocomplete="country"
        value={code}
        onChange={(e) => change(e.currentTarget.value)}
      >
        <option value="">{t("common.choose")}</option>
        {list.map(([two, name]) => (
          <option key={two} value={two}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** When it is open and how it is reached, where its head has said so. */
function Reached({ code }: { code: string }) {
  const mission = useLoad((signal) => get<MissionPage>(`/v1/missions/${code}`, { signal }), [code]);
  return mission.data?.open ? <Open of={mission.data.open} /> : null;
}

/** Who answers in that country: each has exactly one mission, resident or not. */
export function Responsible({ code, service }: { code: string; service?: string }) {
  const authority = useLoad((signal) => get<Authority>(`/v1/countries/${code}/authority${service ? `?service=${service}` : ""}`, { signal }), [code, service]);
  return (
    <Load of={authority}>
      {(a) => (
        <div class="card">
          <p>
            {a.mission
              ? t(a.resident ? "portal.answers" : "portal.answers-from-afar", { mission: inWords(a.mission.name), country: country(code) })
              : t("portal.partner-answers", { state: a.authority.replace("partner:", ""), country: country(code) })}
          </p>
          {a.mission && <Reached code={a.mission.code} />}
        </div>
      )}
    </Load>
  );
}

function eventName(event: string): string {
  const key = `portal.event.${event}`;
  return has(key) ? t(key) : event.replaceAll("-", " ");
}

function finds(s: ServiceRow, wanted: string): boolean {
  const text = folded([s.title, s.lead, ...s.keywords, ...s.life_events.map(eventName)].join(" "));
  return folded(wanted)
    .split(/\s+/)
    .every((w) => text.includes(w));
}

function Services({ list, code }: { list: ServiceRow[]; code: string }) {
  return (
    <ul class="cards">
      {list.map((s) => (
        <li class="card" key={s.name}>
          <a href={`${to(`/services/${s.name}`)}${code ? `?country=${code}` : ""}`}>{s.title}</a>
          <p>{s.lead}</p>
          <small>{t("common.form.promise", { n: s.promise_days })}</small>
        </li>
      ))}
    </ul>
  );
}

export function Home(_: PageProps) {
  const [code, setCode] = useState(place());
  const [event, setEvent] = useState("");
  const [wanted, setWanted] = useState("");
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  return (
    <>
      <Heading lead={t("portal.home.lead")}>{t("portal.home.title", { state: stateName })}</Heading>
      <Where
        code={code}
        change={(c) => {
          setPlace(c);
          setCode(c);
        }}
      />
      {code && <Responsible code={code} />}
      <Load of={services}>
        {({ services: all }) => {
          const events = [...new Set(all.flatMap((s) => s.life_events))].sort((a, b) => collate(eventName(a), eventName(b)));
          const found = all.filter((s) => (!event || s.life_events.includes(event)) && finds(s, wanted));
          return (
            <>
              <div class="row">
                <div class="field">
                  <label for="event">{t("portal.what-happened")}</label>
                  <select id="event" value={event} onChange={(e) => setEvent(e.currentTarget.value)}>
                    <option value="">{t("portal.anything")}</option>
                    {events.map((e) => (
                      <option key={e} value={e}>
                        {eventName(e)}
                      </option>
                    ))}
                  </select>
                </div>
                <div class="field">
                  <label for="find">{t("portal.find")}</label>
                  <input id="find" type="search" value={wanted} onInput={(e) => setWanted(e.currentTarget.value)} />
                </div>
              </div>
              <h2>
                <span role="status">{t("portal.found", { n: found.length })}</span>
              </h2>
              <Services list={found} code={code} />
            </>
          );
        }}
      </Load>
    </>
  );
}
