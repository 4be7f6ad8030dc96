// verify.tsx - how anybody checks a document without asking us: a page to keep, and whom to trust
import type { PageProps } from "../base/router";
import { Heading } from "../base/ui";
import { t } from "../base/words";

export function Verify(_: PageProps) {
  return (
    <>
      <Heading lead={t("portal.verify.lead")}>{t("common.verify")}</Heading>
      <ol>
        <li>
          <a href="/assets/sifara-verify.html" download="sifara-verify.html">
            {t("portal.verify.page")}
          </a>
        </li>
        <li>
          <a href="/v1/trust-list" download="trust-list.json">
            {t("portal.verify.trust")}
          </a>
        </li>
        <li>
          <a href="/v1/revocations" download="revocations.json">
            {t("portal.verify.revoked")}
          </a>
        </li>
        <li>{t("portal.verify.open")}</li>
      </ol>
    </>
  );
}
