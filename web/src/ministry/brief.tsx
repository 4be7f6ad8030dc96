// brief.tsx - one sheet of paper for a meeting: how we stand, what is due, what went to and fro, whom one meets
import type { ComponentChildren } from "preact";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Heading, Load, Pairs, Print, Typed } from "../base/ui";
import { day, inWords, number, stateName, t } from "../base/words";
import { share } from "./glance";
import { isOurs, overdue } from "./host";
import { type Known, useCountry } from "./country";

/* What one sheet takes, the most urgent first. */
const LINES = 6;

function Part({ title, empty, children }: { title: string; empty: boolean; children: ComponentChildren }) {
  return (
    <section>
      <h2>{title}</h2>
      {empty ? <p>{t("common.nothing")}</p> : children}
    </section>
  );
}

function Agreements({ k }: { k: Known }) {
  const list = (k.partner?.agreements ?? []).filter((a) => a.in_force);
  return (
    <Part title={t("ministry.agreements")} empty={!list.length}>
      <ul>
        {list.slice(0, LINES).map((a) => (
          <li key={a.code}>
            {inWords(a.title)} {a.until && <small>({t("ministry.until-day", { day: day(a.until) })})</small>}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Due({ k }: { k: Known }) {
  const list = (k.file?.pledges ?? []).filter((p) => !p.outcome);
  return (
    <Part title={t("ministry.pledges-due")} empty={!list.length}>
      <ul>
        {list.slice(0, LINES).map((p) => (
          <li key={p.id}>
            <strong>{p.said.by === "us" ? t("ministry.pledge.us") : k.name}</strong>: <Typed>{p.said.text}</Typed> <small>({day(p.due)}{overdue(p) ? `, ${t("ministry.overdue")}` : ""})</small>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Exchanged({ k }: { k: Known }) {
  const list = (k.file?.exchanged ?? []).filter((x) => x.year);
  const side = (ours: boolean) =>
    list.some((x) => isOurs(x.action) === ours) ? (
      <ul>
        {list
          .filter((x) => isOurs(x.action) === ours)
          .map((x) => (
            <li key={x.action}>
              {t(`ministry.act.${x.action}`)}: {number(x.year)}
            </li>
          ))}
      </ul>
    ) : (
      t("common.none")
    );
  return (
    <Part title={t("ministry.exchanged-year")} empty={!list.length}>
      <Pairs list={[[t("ministry.from-us"), side(true)], [t("ministry.from-them"), side(false)]]} />
    </Part>
  );
}

function People({ k }: { k: Known }) {
  const g = k.glance;
  const sum = (f: (s: Known["glance"]["services"][number]) => number) => g.services.reduce((n, s) => n + f(s), 0);
  return (
    <Part title={t("ministry.people-there")} empty={!g.services.length}>
      <Pairs
        list={[
          [t("ministry.people"), number(g.people)],
          [t("ministry.open"), `${number(sum((s) => s.in_hand))} (${t("ministry.overdue")}: ${number(sum((s) => s.overdue))})`],
          [t("ministry.kept"), share(g.within_promise, g.decided)],
          [t("ministry.documents"), number(g.documents)],
        ]}
      />
    </Part>
  );
}

function Last({ k }: { k: Known }) {
  const list = (k.file?.history ?? []).slice(0, LINES);
  return (
    <Part title={t("ministry.last-events")} empty={!list.length}>
      <ul>
        {list.map((h) => (
          <li key={`${h.at}${h.action}`}>
            {day(h.at)}: {t(`ministry.act.${h.action}`)} <Typed>{h.said.title ?? h.said.text ?? h.said.name}</Typed>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Whom({ k }: { k: Known }) {
  const list = (k.file?.contacts ?? []).filter((c) => !c.ended);
  return (
    <Part title={t("ministry.contacts")} empty={!list.length}>
      <ul>
        {list.slice(0, LINES).map((c) => (
          <li key={c.id}>
            <strong>
              <Typed>{c.said.name}</Typed>
            </strong>
            {c.said.office && (
              <>
                , <Typed>{c.said.office}</Typed>
              </>
            )}{" "}
            <span class="mono">{[c.said.phone, c.said.email].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Brief({ params }: PageProps) {
  const code = params["country"] ?? "";
  const known = useCountry(code);
  return (
    <Load of={known}>
      {(k) => (
        <article class="brief">
          <a class="back" href={to(`/ministry/countries/${code}`)}>
            {t("ministry.country-file")}
          </a>
          <Heading lead={`${stateName} · ${day(new Date().toISOString())}`}>{t("ministry.brief", { name: k.name })}</Heading>
          <div class="buttons">
            <Print />
          </div>
          <Pairs
            list={[
              k.partner && [t("ministry.standing"), t(`ministry.standing.${k.partner.accreditation}`)],
              k.mission && [t("ministry.served-by"), inWords(k.mission.name)],
              k.partner && k.partner.organisations.length > 0 && [t("ministry.together-in"), k.partner.organisations.map((o) => inWords(o.name)).join(" · ")],
              k.questions > 0 && [t("ministry.open-questions"), number(k.questions)],
            ]}
          />
          <div class="sheet">
            <Due k={k} />
            <Agreements k={k} />
            <Exchanged k={k} />
            <People k={k} />
            <Last k={k} />
            <Whom k={k} />
          </div>
        </article>
      )}
    </Load>
  );
}

