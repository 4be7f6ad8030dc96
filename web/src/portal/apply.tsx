// apply.tsx - a person fills in the form of a service; answers are saved as they are typed (draft.ts)
import { useRef, useState } from "preact/hooks";
import type { MissionList, Standing } from "../base/answers";
import { get, post, Problem } from "../base/api";
import { Form, type FormProps } from "../base/form";
import type { CaseFile, ServiceForm } from "../base/model";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Load, useLoad } from "../base/ui";
import { country, inWords, language, t } from "../base/words";
import { Appointment, concerns, inShort, standingOf } from "./appointment";
import { Draft, type Saved } from "./draft";

interface Open {
  file: CaseFile;
  service: ServiceForm;
}

export function Apply({ params, query }: PageProps) {
  const id = params["id"] ?? "";
  const open = useLoad(
    async (signal): Promise<Open> => {
      const file = await get<CaseFile>(`/v1/cases/${id}?language=${language}`, { signal });
      const service = await get<ServiceForm>(`/v1/services/${file.service}?language=${language}`, { signal });
      return { file, service };
    },
    [id],
  );
  return <Load of={open}>{(o) => <Own {...o} begin={query.get("page") ?? ""} reload={open.again} />}</Load>;
}

/** The appointment is a step of the form where the mission gives one for it now; until that is known there is none. */
function useAppointment(file: CaseFile): FormProps["extra"] {
  const standing = useLoad((signal) => standingOf(file.id, signal), [file.id]);
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const known = useRef<Standing>(); // a line that is lost meanwhile takes no step away
  known.current = standing.data ?? known.current;
  const s = known.current;
  if (!s || !missions.data) return undefined;
  const mission = inWords(missions.data.missions.find((m) => m.code === file.mission)?.name);
  return {
    id: "appointment",
    title: t("portal.appointment"),
    short: inShort(s),
    page: concerns(s) && <Appointment file={file.id} mission={mission} standing={s} done={standing.again} />,
  };
}

function Own({ file, service, begin, reload }: Open & { begin: string; reload: () => void }) {
  const [saved, setSaved] = useState<Saved>("saved");
  const extra = useAppointment(file);
  const draft = useRef<Draft>();
  draft.current ??= new Draft(file.id, file.answers ?? {}, setSaved);
  const send = async () => {
    await post(`/v1/cases/${file.id}/submit`);
    go(`/cases/${file.id}?filed=yes`);
  };
  return (
    <Form
      file={file}
      service={service}
      sheet={draft.current}
      status={t(`portal.draft.${saved}`)}
      trouble={saved === "signed-out" && new Problem({ type: "", title: "", status: 401 })}
      files={`/v1/cases/${file.id}/attachments`}
      before={{ href: to("/cases"), label: t("portal.my-cases") }}
      begin={begin}
      reload={reload}
      extra={extra}
      last={{ note: t("common.form.declare", { country: country(file.country) }), label: t("common.form.submit"), send }}
    />
  );
}
