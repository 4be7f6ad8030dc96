// apply.tsx - a person fills in the form of a service; answers are saved as they are typed (draft.ts)
import { useRef, useState } from "preact/hooks";
import { get, post, Problem } from "../base/api";
import { Form } from "../base/form";
import type { CaseFile, ServiceForm } from "../base/model";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { Load, useLoad } from "../base/ui";
import { country, language, t } from "../base/words";
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

function Own({ file, service, begin, reload }: Open & { begin: string; reload: () => void }) {
  const [saved, setSaved] = useState<Saved>("saved");
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
      last={{ note: t("common.form.declare", { country: country(file.country) }), label: t("common.form.submit"), send }}
    />
  );
}
