// main.tsx - the desk: for the consular officer
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../base/answers";
import { del } from "../base/api";
import { begin } from "../base/begin";
import { Router, to, type Route } from "../base/router";
import { session, set } from "../base/session";
import { Button, Frame, Heading } from "../base/ui";
import { t } from "../base/words";
import { Appointments, Today } from "./appointments";
import { DeskCase } from "./case";
import { Cash } from "./cash";
import { Counter } from "./counter";
import { Enter, Receipt } from "./entering";
import { Fees, PaymentReceipt } from "./fees";
import { FindDocument } from "./documents";
import { IncidentsPage } from "./incidents";
import { MyKeys } from "./keys";
import { Numbers } from "./numbers";
import { PaperForm, PaperForms } from "./paper";
import { Post } from "./post";
import { Proposals } from "./proposals";
import { AskProtection } from "./protecting";
import { ProtectionPage, Protections } from "./protections";
import { Queue } from "./queue";
import { Register } from "./register";
import { Representatives } from "./representatives";
import { SignIn } from "./sign-in";
import { Stock } from "./stock";
import { Inbox } from "./talk";

const routes: Route[] = [
  { path: "/desk", page: Queue },
  { path: "/desk/sign-in", page: SignIn },
  { path: "/desk/keys", page: MyKeys },
  { path: "/desk/cases/:id", page: DeskCase },
  { path: "/desk/counter", page: Counter },
  { path: "/desk/counter/:id", page: Enter },
  { path: "/desk/counter/:id/receipt", page: Receipt },
  { path: "/desk/register", page: Register },
  { path: "/desk/forms", page: PaperForms },
  { path: "/desk/forms/:service", page: PaperForm },
  { path: "/desk/numbers", page: Numbers },
  { path: "/desk/representatives", page: Representatives },
  { path: "/desk/cases/:id/receipts/:receipt", page: PaymentReceipt },
  { path: "/desk/fees", page: Fees },
  { path: "/desk/cash", page: Cash },
  { path: "/desk/stock", page: Stock },
  { path: "/desk/post", page: Post },
  { path: "/desk/proposals", page: Proposals },
  { path: "/desk/protections", page: Protections },
  { path: "/desk/protections/ask", page: AskProtection },
  { path: "/desk/protections/:id", page: ProtectionPage },
  { path: "/desk/documents", page: FindDocument },
  { path: "/desk/today", page: Today },
  { path: "/desk/appointments", page: Appointments },
  { path: "/desk/messages", page: Inbox },
  { path: "/desk/incidents", page: IncidentsPage },
];

/** Whoever signed in with a code alone can register a passkey and sign in with it, and nothing else. */
const toKeys = routes.map((r) => (r.path === "/desk/sign-in" ? r : { ...r, page: MyKeys }));
const toSignIn = routes.map((r) => ({ ...r, page: SignIn }));

function Missing() {
  return <Heading>{t("common.missing")}</Heading>;
}

async function signOut(): Promise<void> {
  await del("/v1/sessions/current");
  set(null);
  location.assign(to("/desk/sign-in"));
}

/** Those to whom most of its steps are open. */
const setsUp = (who: Session) => who.mission !== "ministry" && !!who.roles?.some((r) => r === "consul" || r === "head-of-mission");

function Desk({ who }: { who: Session | null }) {
  const nav = who?.strong
    ? [
        { href: to("/desk"), label: t("desk.queue") },
        { href: to("/desk/counter"), label: t("desk.counter") },
        { href: to("/desk/numbers"), label: t("desk.numbers") },
        { href: to("/desk/fees"), label: t("desk.fees") },
        { href: to("/desk/cash"), label: t("desk.cash") },
        { href: to("/desk/stock"), label: t("desk.stock") },
        { href: to("/desk/proposals"), label: t("desk.proposals") },
        { href: to("/desk/documents"), label: t("desk.documents") },
        { href: to("/desk/today"), label: t("desk.today") },
        { href: to("/desk/messages"), label: t("desk.inbox") },
        { href: to("/desk/incidents"), label: t("common.incidents") },
        ...(setsUp(who) ? [{ href: to("/desk/post"), label: t("desk.post") }] : []),
        { href: to("/desk/keys"), label: t("desk.keys") },
        { href: to("/ministry"), label: t("desk.ministry") },
      ]
    : [];
  return (
    <Frame
      wide
      title={t("desk.name")}
      nav={nav}
      who={
        who && (
          <Button kind="quiet" run={signOut}>
            {t("common.sign-out")}
          </Button>
        )
      }
    >
      <Router routes={who ? (who.strong ? routes : toKeys) : toSignIn} missing={Missing} />
    </Frame>
  );
}

function Whole() {
  const [who, setWho] = useState<Session | null>();
  useEffect(() => {
    session().then((s) => setWho(s?.as === "officer" ? s : null), () => setWho(null));
  }, []);
  return who === undefined ? null : <Desk who={who} />;
}

void begin("desk").then((at) => render(<Whole />, at));
