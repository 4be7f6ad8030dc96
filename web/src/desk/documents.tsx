// documents.tsx - a document of the mission by its number: is it current, and whoever may revokes it
import { useState } from "preact/hooks";
import type { FoundDocument } from "../base/answers";
import { get, post } from "../base/api";
import { to } from "../base/router";
import { Button, Failure, Field, Heading, Moment, Notice, Pairs, Tag } from "../base/ui";
import { t } from "../base/words";

function Revoke({ of, done }: { of: FoundDocument; done: () => void }) {
  const [reason, setReason] = useState("");
  const [failed, setFailed] = useState<unknown>();
  const revoke = async (e: Event) => {
    e.preventDefault();
    setFailed(undefined);
    try {
      await post(`/v1/desk/documents/${of.id}/revoke`, { reason });
      done();
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <details>
      <summary>{t("desk.revoke")}</summary>
      <form onSubmit={revoke}>
        <Failure error={failed} />
        <Field label={t("desk.reason-needed")} help={t("desk.revoke-help")}>
          {(a) => <textarea {...a} required dir="auto" maxLength={2000} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}
        </Field>
        <div class="buttons">
          <Button kind="danger">{t("desk.revoke-now")}</Button>
        </div>
      </form>
    </details>
  );
}

export function FindDocument() {
  const [number, setNumber] = useState("");
  const [found, setFound] = useState<FoundDocument>();
  const [failed, setFailed] = useState<unknown>();
  const look = async () => {
    setFailed(undefined);
    setFound(undefined);
    try {
      setFound(await get<FoundDocument>(`/v1/desk/documents/${encodeURIComponent(number.trim())}`));
    } catch (error) {
      setFailed(error);
    }
  };
  return (
    <>
      <Heading lead={t("desk.find-document-lead")}>{t("desk.find-document")}</Heading>
      <form
        class="card"
        onSubmit={(e) => {
          e.preventDefault();
          void look();
        }}
      >
        <Failure error={failed} />
        <Field label={t("desk.document-number")}>{(a) => <input {...a} dir="ltr" required class="mono" value={number} onInput={(e) => setNumber(e.currentTarget.value)} />}</Field>
        <div class="buttons">
          <Button>{t("desk.find")}</Button>
        </div>
      </form>
      {found && (
        <section class="card" aria-live="polite">
          <h2 class="mono">{found.number}</h2>
          <Pairs
            list={[
              [t("desk.state"), <Tag kind={found.state === "revoked" ? "bad" : "good"}>{t(`desk.document.${found.state}`)}</Tag>],
              [t("desk.issued"), <Moment at={found.issued} />],
              [t("desk.reference"), <a class="mono" href={to(`/desk/cases/${found.case}`)}>{found.case}</a>],
            ]}
          />
          {found.state === "revoked" ? <Notice title={t("desk.revoked-told")} /> : <Revoke of={found} done={look} />}
        </section>
      )}
    </>
  );
}
