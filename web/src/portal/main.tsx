// main.tsx - the portal: for the person abroad
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../base/answers";
import { Router, to, type Route } from "../base/router";
import { begin } from "../base/begin";
import { Button, Frame, Heading } from "../base/ui";
import { t } from "../base/words";
import { Apply } from "./apply";
import { Board } from "./board";
import { Case, Cases } from "./cases";
import { Correct } from "./correct";
import { Home } from "./home";
import { MyFile, signOut } from "./my-file";
import { Rating } from "./rating";
import { Service } from "./service";
import { Notices } from "./notices";
import { onSession, session } from "../base/session";
import { SignIn } from "./sign-in";
import { Verify } from "./verify";

const routes: Route[] = [
  { path: "/", page: Home },
  { path: "/services/:name", page: Service },
  { path: "/sign-in", page: SignIn },
  { path: "/cases", page: Cases },
  { path: "/cases/:id", page: Case },
  { path: "/cases/:id/apply", page: Apply },
  { path: "/cases/:id/correct", page: Correct },
  { path: "/cases/:id/rating", page: Rating },
  { path: "/my-file", page: MyFile },
  { path: "/notices", page: Notices },
  { path: "/board/:mission", page: Board },
  { path: "/verify", page: Verify },
];

function Missing() {
  return (
    <>
      <Heading>{t("common.missing")}</Heading>
      <p>
        <a href={to("/")}>{t("portal.all-services")}</a>
      </p>
    </>
  );
}

function Portal() {
  const [who, setWho] = useState<Session | null>(null);
  useEffect(() => {
    void session().then(setWho, () => undefined);
    return onSession(setWho);
  }, []);
  const nav = [{ href: to("/"), label: t("portal.services") }];
  if (who?.as === "person") nav.push({ href: to("/cases"), label: t("portal.my-cases") }, { href: to("/my-file"), label: t("portal.my-file") });
  const sign = who ? (
    <Button kind="quiet" run={signOut}>
      {t("common.sign-out")}
    </Button>
  ) : (
    <a href={to("/sign-in")}>{t("common.sign-in")}</a>
  );
  return (
    <Frame title={t("portal.name")} nav={nav} who={sign}>
      <Router routes={routes} missing={Missing} />
    </Frame>
  );
}

void begin("portal").then((at) => render(<Portal />, at));
