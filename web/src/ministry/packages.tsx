// packages.tsx - services as packages: received, in acceptance, offered; who gave them
import { get } from "../base/api";
import type { PageProps } from "../base/router";
import { Heading, Load, Moment, Table, Tag, useLoad } from "../base/ui";
import { language, t } from "../base/words";
import type { ServiceRow } from "../base/model";

interface Package {
  id: string;
  name: string;
  version: string;
  giver: string;
  state: string;
  installed: string;
  overlay: boolean;
  conflicts: boolean;
}

export function Packages(_: PageProps) {
  const packages = useLoad((signal) => get<{ packages: Package[] }>("/v1/packages", { signal }), []);
  const services = useLoad((signal) => get<{ services: ServiceRow[] }>(`/v1/services?language=${language}`, { signal }), []);
  const title = (name: string) => services.data?.services.find((s) => s.name === name)?.title ?? name;
  return (
    <>
      <Heading lead={t("ministry.packages-lead")}>{t("ministry.packages")}</Heading>
      <Load of={packages}>
        {({ packages: list }) => (
          <Table
            caption={t("ministry.packages")}
            name="packages"
            rows={list}
            columns={[
              { label: t("ministry.service"), cell: (r) => title(r.name), text: (r) => title(r.name) },
              { label: t("ministry.version"), cell: (r) => <bdi>{r.version}</bdi>, text: (r) => r.version },
              { label: t("ministry.giver"), cell: (r) => r.giver, text: (r) => r.giver },
              {
                label: t("ministry.state"),
                cell: (r) => <Tag kind={r.state === "active" ? "good" : r.conflicts ? "bad" : ""}>{t(`ministry.package.${r.state}`)}</Tag>,
                text: (r) => r.state,
              },
              { label: t("ministry.own-layer"), cell: (r) => t(r.overlay ? "common.yes" : "common.no"), text: (r) => String(r.overlay) },
              { label: t("ministry.installed"), cell: (r) => <Moment at={r.installed} />, text: (r) => r.installed },
              {
                label: "",
                cell: (r) => (
                  <a href={`/v1/packages/${r.id}/archive`} download={`${r.name}-${r.version}.tar`}>
                    {t("ministry.take-away")}
                  </a>
                ),
              },
            ]}
          />
        )}
      </Load>
    </>
  );
}
