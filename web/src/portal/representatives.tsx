// representatives.tsx - for whom somebody may act, and who may act for them
import { useState } from "preact/hooks";
import type { Representation, Representations as Both } from "../base/answers";
import { get, post } from "../base/api";
import { session } from "../base/session";
import { Button, Day, Failure, Load, Tag, Typed, useLoad } from "../base/ui";
import { t } from "../base/words";

/** Those for whom the person may ask for a service today; nobody for a stranger. */
export async function actsFor(service: string, signal?: AbortSignal): Promise<Representation[]> {
  if (!(await session())) return [];
  const both = await get<Both>("/v1/person/representatives", signal ? { signal } : {});
  return both.for.filter((r) => r.state === "active" && (!r.services || r.services.split(",").includes(service)));
}

function List({ title, list, again }: { title: string; list: Representation[]; again: () => void }) {
  const [failed, setFailed] = useState<unknown>();
  if (!list.length) return null;
  const end = async (id: string) => {
    setFailed(undefined);
    try {
      await post(`/v1/representatives/${id}/end`);
      again();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <>
      <h3>{title}</h3>
      <Failure error={failed} />
      <ul class="links">
        {list.map((r) => (
          <li key={r.id}>
            <p>
              <Typed>{r.name}</Typed> <Tag>{t(`portal.acts.${r.kind}`)}</Tag> {r.state === "active" ? <>{t("portal.acts.until")} <Day on={r.until} /></> : <Tag kind="warn">{t("portal.acts.ended")}</Tag>}
            </p>
            {r.state === "active" && (
              <div class="buttons">
                <Button kind="quiet" run={() => end(r.id)} aria-label={`${t("portal.acts.end")}: ${r.name}`}>
                  {t("portal.acts.end")}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

export function Representatives() {
  const both = useLoad((signal) => get<Both>("/v1/person/representatives", { signal }), []);
  return (
    <section class="card">
      <h2>{t("portal.acts")}</h2>
      <p>{t("portal.acts.help")}</p>
      <Load of={both}>
        {(b) => (
          <>
            <List title={t("portal.acts.for")} list={b.for} again={both.again} />
            <List title={t("portal.acts.by")} list={b.by} again={both.again} />
          </>
        )}
      </Load>
    </section>
  );
}
