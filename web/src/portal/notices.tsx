// notices.tsx - which messages somebody may do without; stopping them from the message itself needs no sign-in
import { useState } from "preact/hooks";
import type { Notices, NoticesSet } from "../base/answers";
import { get, post, put } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { Button, Failure, Heading, Load, Notice, useLoad } from "../base/ui";
import { t } from "../base/words";

const kinds = ["progress", "rating"] as const;
type Kind = (typeof kinds)[number];

function Choice({ wanted }: { wanted: Notices }) {
  const [now, setNow] = useState(wanted);
  const [saved, setSaved] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const choose = async (kind: Kind, wants: boolean) => {
    setFailed(undefined);
    setSaved(false);
    try {
      setNow(await put<NoticesSet>("/v1/person/notices", { [kind]: wants }));
      setSaved(true);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <>
      <Failure error={failed} />
      {kinds.map((kind) => (
        <div class="choice" key={kind}>
          <input id={`notice-${kind}`} type="checkbox" checked={now[kind]} onChange={(e) => choose(kind, e.currentTarget.checked)} />
          <label for={`notice-${kind}`}>{t(`portal.notice.${kind}`)}</label>
        </div>
      ))}
      <p role="status">{saved && t("common.saved")}</p>
    </>
  );
}

export function NoticeChoice() {
  const wanted = useLoad((signal) => get<Notices>("/v1/person/notices", { signal }), []);
  return (
    <section class="card">
      <h2>{t("portal.notices")}</h2>
      <p>{t("portal.notices-lead")}</p>
      <Load of={wanted}>{(w) => <Choice wanted={w} />}</Load>
    </section>
  );
}

/** Where a message leads whoever wants no more of its kind. */
export function Notices({ query }: PageProps) {
  const token = query.get("stop");
  const [done, setDone] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const stop = async () => {
    setFailed(undefined);
    try {
      await post(`/v1/notices/${encodeURIComponent(token ?? "")}/stop`);
      setDone(true);
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <>
      <Heading lead={t("portal.notices-lead")}>{t("portal.notices")}</Heading>
      <Failure error={failed} />
      {done && <Notice kind="good" title={t("portal.notices-stopped")} />}
      {token && !done && (
        <div class="buttons">
          <Button run={stop}>{t("portal.notices-stop")}</Button>
        </div>
      )}
      <p>
        <a href={to("/my-file")}>{t("portal.notices-choose")}</a>
      </p>
    </>
  );
}
