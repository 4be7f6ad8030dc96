// main.tsx - for heads of mission and the ministry
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../base/answers";
import { begin } from "../base/begin";
import { Router, to, type Route } from "../base/router";
import { session } from "../base/session";
import { Frame, Heading, Notice } from "../base/ui";
import { t } from "../base/words";
import { AimsPage } from "./aims";
import { Brief } from "./brief";
import { Country } from "./country";
import { CostsPage, EvidencePage } from "./costs";
import { DraftPage, ProposalPage } from "./draft";
import { FeesPage } from "./fees";
import { EntryPage, JournalPage } from "./journal";
import { MissionPage, Overview } from "./glance";
import { OpenMission } from "./missions";
import { PackagePage, Packages } from "./packages";
import { PartnerPage, Partners } from "./partners";
import { PolicyPage } from "./policy";

const routes: Route[] = [
  { path: "/ministry", page: Overview },
  { path: "/ministry/missions/:mission", page: MissionPage },
  { path: "/ministry/open-mission", page: OpenMission },
  { path: "/ministry/countries/:country", page: Country },
  { path: "/ministry/countries/:country/brief", page: Brief },
  { path: "/ministry/costs", page: CostsPage },
  { path: "/ministry/costs/:mission/:service", page: EvidencePage },
  { path: "/ministry/policy", page: PolicyPage },
  { path: "/ministry/policy/draft", page: DraftPage },
  { path: "/ministry/policy/proposals/:proposal", page: ProposalPage },
  { path: "/ministry/partners", page: Partners },
  { path: "/ministry/partners/:state", page: PartnerPage },
  { path: "/ministry/aims", page: AimsPage },
  { path: "/ministry/journal", page: JournalPage },
  { path: "/ministry/journal/:epoch/:index", page: EntryPage },
  { path: "/ministry/packages", page: Packages },
  { path: "/ministry/packages/:package", page: PackagePage },
  { path: "/ministry/packages/:package/fees", page: FeesPage },
];

function Missing() {
  return <Heading>{t("common.missing")}</Heading>;
}

function SignInFirst() {
  return (
    <>
      <Heading>{t("ministry.name")}</Heading>
      <Notice kind="warn" title={t("ministry.for-officers")}>
        <a href={to("/desk/sign-in")}>{t("common.sign-in")}</a>
      </Notice>
    </>
  );
}

function Ministry() {
  const [who, setWho] = useState<Session | null>();
  useEffect(() => {
    session().then((s) => setWho(s?.as === "officer" && s.strong ? s : null), () => setWho(null));
  }, []);
  const nav = who
    ? [
        { href: to("/ministry"), label: t("ministry.overview") },
        ...["costs", "partners", "policy", "aims", "packages", "journal"].map((p) => ({ href: to(`/ministry/${p}`), label: t(`ministry.${p}`) })),
        { href: to("/desk"), label: t("ministry.desk") },
      ]
    : [];
  return (
    <Frame wide title={t("ministry.name")} nav={nav}>
      {who === undefined ? null : who ? <Router routes={routes} missing={Missing} /> : <SignInFirst />}
    </Frame>
  );
}

void begin("ministry").then((at) => render(<Ministry />, at));
