// aims.tsx - what the foreign policy is for, and how far it has come; what there is to give
import type { Aims } from "../base/answers";
import { get } from "../base/api";
import type { PageProps } from "../base/router";
import { Day, Heading, Load, Table, useLoad } from "../base/ui";
import { inWords, number, t } from "../base/words";
import { Bar } from "./glance";

export function AimsPage(_: PageProps) {
  const aims = useLoad((signal) => get<Aims>("/v1/aims", { signal }), []);
  return (
    <>
      <Heading lead={t("ministry.aims-lead")}>{t("ministry.aims")}</Heading>
      <Load of={aims}>
        {(a) => (
          <>
            <Table
              caption={t("ministry.aims")}
              name="aims"
              rows={a.aims}
              columns={[
                { label: t("ministry.aim"), cell: (r) => inWords(r.title), text: (r) => inWords(r.title) },
                {
                  label: t("ministry.progress"),
                  cell: (r) => (
                    <>
                      {t("ministry.of", { done: r.done, target: r.target })} <Bar part={r.done} whole={r.target} />
                    </>
                  ),
                  text: (r) => r.done,
                },
                { label: t("ministry.until"), cell: (r) => (r.until ? <Day on={r.until} both={false} /> : t("common.none")), text: (r) => r.until ?? "" },
                { label: t("ministry.last"), cell: (r) => (r.last ? <Day on={r.last} both={false} /> : t("common.none")), text: (r) => r.last ?? "" },
              ]}
            />
            <Table
              caption={t("ministry.capabilities")}
              name="capabilities"
              rows={a.capabilities}
              columns={[
                { label: t("ministry.capability"), cell: (r) => inWords(r.title), text: (r) => inWords(r.title) },
                {
                  label: t("ministry.free"),
                  cell: (r) => (
                    <>
                      {t("ministry.of", { done: r.free, target: r.total })} <Bar part={r.free} whole={r.total} />
                    </>
                  ),
                  text: (r) => r.free,
                },
                { label: t("ministry.in-all"), cell: (r) => number(r.total), text: (r) => r.total, end: true },
              ]}
            />
          </>
        )}
      </Load>
    </>
  );
}
