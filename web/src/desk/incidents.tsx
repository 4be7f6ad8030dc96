// incidents.tsx - the incidents of one's own mission
import { Incidents } from "../base/incidents";
import type { PageProps } from "../base/router";
import { session } from "../base/session";
import { Heading, Load, useLoad } from "../base/ui";
import { t } from "../base/words";

export function IncidentsPage(_: PageProps) {
  const who = useLoad(() => session(), []);
  return (
    <>
      <Heading lead={t("desk.incidents-lead")}>{t("common.incidents")}</Heading>
      <Load of={who}>{(w) => w?.mission && <Incidents mission={w.mission} />}</Load>
    </>
  );
}
