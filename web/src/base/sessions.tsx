// sessions.tsx - where somebody is signed in; any of it can be ended from here
import { useState } from "preact/hooks";
import type { SessionList } from "./answers";
import { del, get } from "./api";
import { Button, Failure, Load, Moment, Table, Tag, useLoad } from "./ui";
import { t } from "./words";

export function Sessions() {
  const list = useLoad((signal) => get<SessionList>("/v1/sessions", { signal }), []);
  const [failed, setFailed] = useState<unknown>();
  const end = async (id: string) => {
    try {
      await del(`/v1/sessions/${id}`);
      list.again();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <>
      <Failure error={failed} />
      <Load of={list}>
        {({ sessions }) => (
          <Table
            caption={t("common.sessions")}
            rows={sessions}
            columns={[
              { label: t("common.since"), cell: (r) => <Moment at={r.created} /> },
              { label: t("common.until"), cell: (r) => <Moment at={r.expires} /> },
              {
                label: t("common.session-end"),
                cell: (r) =>
                  r.current ? (
                    <Tag>{t("common.here")}</Tag>
                  ) : (
                    <Button kind="quiet" run={() => end(r.id)}>
                      {t("common.session-end")}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Load>
    </>
  );
}
