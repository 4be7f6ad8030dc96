// packages.tsx - services as packages: received, proved, offered and retired; who gave them, and what two officers decide
import { useState } from "preact/hooks";
import { Advised, stepOf } from "../base/advice";
import type { Layer, PackageList, PackagePage as Shown, PackageTaken, ServiceList, Signable, TextFile } from "../base/answers";
import { get, post, upload } from "../base/api";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { signed } from "../base/passkey";
import { useSigning } from "../base/signing";
import { Button, Field, Heading, Load, Moment, Pairs, Table, Tag, useLoad } from "../base/ui";
import { country, homeCode, language, stateName, t } from "../base/words";
import { ProposedFees } from "./fees";
import { Settle } from "./settle";
import { Texts } from "./texts";
import { InWords } from "./in-words";

function useTitles(): (name: string) => string {
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  return (name) => services.data?.services.find((s) => s.name === name)?.title ?? name;
}

const stateOf = (code: string) => (code === homeCode ? stateName : country(code));
const kindOf = (p: { state: string; conflicts?: unknown }) => (p.state === "active" ? "good" : p.conflicts ? "bad" : "");

export function Packages(_: PageProps) {
  const packages = useLoad((signal) => get<PackageList>("/v1/packages", { signal }), []);
  const title = useTitles();
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
              { label: t("ministry.service"), cell: (r) => <a href={to(`/ministry/packages/${r.id}`)}>{title(r.name)}</a>, text: (r) => title(r.name) },
              { label: t("ministry.version"), cell: (r) => <bdi>{r.version}</bdi>, text: (r) => r.version },
              { label: t("ministry.giver"), cell: (r) => stateOf(r.giver), text: (r) => stateOf(r.giver) },
              {
                label: t("ministry.state"),
                cell: (r) => (
                  <>
                    <Tag kind={kindOf(r)}>{t(`ministry.package.${r.state}`)}</Tag> {r.proposed && <Tag kind="warn">{t(`ministry.package-proposed.${r.proposed}`)}</Tag>}
                  </>
                ),
                text: (r) => r.state,
              },
              { label: t("ministry.own-layer"), cell: (r) => t(r.overlay ? "common.yes" : "common.no"), text: (r) => String(r.overlay) },
              { label: t("ministry.installed"), cell: (r) => <Moment at={r.installed} />, text: (r) => r.installed },
            ]}
          />
        )}
      </Load>
      <Receive />
    </>
  );
}

/** A package that came as a file; those over a channel come by themselves. */
function Receive() {
  const [file, setFile] = useState<File>();
  const { attempt, told } = useSigning(() => undefined);
  const take = (e: Event) => {
    e.preventDefault();
    return attempt(async () => {
      if (file) go(`/ministry/packages/${(await upload<PackageTaken>("/v1/packages", file, () => undefined)).id}`);
    });
  };
  return (
    <details>
      <summary>{t("ministry.package-receive")}</summary>
      <form onSubmit={take}>
        {told}
        <Field label={t("ministry.package-file")} help={t("ministry.package-file-help")}>
          {(a) => <input {...a} type="file" required onChange={(e) => setFile(e.currentTarget.files?.[0])} />}
        </Field>
        <div class="buttons">
          <Button>{t("ministry.package-receive")}</Button>
        </div>
      </form>
    </details>
  );
}

export function PackagePage({ params }: PageProps) {
  const id = params["package"] ?? "";
  const shown = useLoad((signal) => get<Shown>(`/v1/packages/${id}`, { signal }), [id]);
  const title = useTitles();
  return (
    <>
      <a class="back" href={to("/ministry/packages")}>
        {t("ministry.packages")}
      </a>
      <Load of={shown}>
        {(p) => (
          <>
            <Heading lead={<Tag kind={kindOf(p)}>{t(`ministry.package.${p.state}`)}</Tag>}>{`${title(p.name)} ${p.version}`}</Heading>
            <Pairs list={[[t("ministry.giver"), stateOf(p.giver)], [t("ministry.own-layer"), t(p.overlay ? "common.yes" : "common.no")]]} />
            <p>
              <a href={`/v1/packages/${id}/archive`} download={`${p.name}-${p.version}.sifara`}>
                {t("ministry.take-away")}
              </a>
              {p.history.some((h) => h.event === "accepted") && (
                <>
                  {" · "}
                  <a href={`/v1/packages/${id}/record`} download={`${p.name}-${p.version}.acceptance.note`}>
                    {t("ministry.acceptance-record")}
                  </a>
                </>
              )}
            </p>
            {p.state === "active" && <InWords name={p.name} />}
            {p.conflicts && <Settle of={p} conflicts={p.conflicts} done={shown.again} />}
            <Decide of={p} done={shown.again} />
            <Steps of={p} done={shown.again} />
            <Table
              caption={t("ministry.package-history")}
              name={`package-${p.name}-${p.version}`}
              rows={p.history}
              columns={[
                { label: t("common.when"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
                { label: t("ministry.what"), cell: (r) => t(`ministry.package-event.${r.event.replace(" ", "-")}`), text: (r) => r.event },
                { label: t("ministry.by-whom"), cell: (r) => r.name ?? t("ministry.at-the-beginning"), text: (r) => r.name ?? "" },
              ]}
            />
          </>
        )}
      </Load>
    </>
  );
}

export const statementOf = async (id: string, what: string) => (await get<Signable>(`/v1/packages/${id}/statement?what=${what}`)).statement;

/** What one officer proposed, for another one to sign. */
function Decide({ of, done }: { of: Shown; done: () => void }) {
  const { attempt, told } = useSigning(done);
  const p = of.here.proposed;
  if (!p) return null;
  return (
    <section class="card">
      <h2>{t("ministry.to-confirm", { what: t(`ministry.package-proposed.${p.what}`) })}</h2>
      {p.proposer && <p>{`${t("ministry.proposer")}: ${p.proposer}`}</p>}
      {p.what === "fee" && <ProposedFees id={of.id} name={of.name} />}
      {told}
      <Advised step={stepOf(of.here.next, `package.${p.what}`)} run={() => attempt(async () => post(`/v1/packages/${of.id}/${p.what}`, { signature: await signed(await statementOf(of.id, p.what)) }))}>
        {t("ministry.sign-and-confirm")}
      </Advised>
    </section>
  );
}

/** What may be done with it next: proved by its own cases, offered, its fees changed, retired. */
function Steps({ of, done }: { of: Shown; done: () => void }) {
  const [open, setOpen] = useState<string>();
  const { attempt, told } = useSigning(done);
  const next = of.here.next.filter((s) => !of.here.proposed || !s.action.endsWith("-propose"));
  const propose = (what: string) => attempt(async () => post(`/v1/packages/${of.id}/${what}-propose`, { signature: await signed(await statementOf(of.id, what)) }));
  const opens = (name: string) => ({ "aria-expanded": open === name, run: () => setOpen(open === name ? undefined : name) });
  if (of.here.proposed && next.length < 2) return null; // the second officer's signature alone
  return (
    <section class="card" aria-label={t("ministry.package-next")}>
      <h2>{t("ministry.package-next")}</h2>
      {told}
      <div class="buttons">
        <Advised step={stepOf(next, "package.accept")} disabled={of.conflicts !== undefined} run={() => attempt(() => post(`/v1/packages/${of.id}/accept`))}>
          {t("ministry.package-accept")}
        </Advised>
        {["activate", "fee", "retire"].map((what) => (
          <Advised key={what} kind={what === "retire" ? "danger" : "main"} step={stepOf(next, `package.${what}-propose`)} run={() => propose(what)}>
            {t(`ministry.package-propose.${what}`)}
          </Advised>
        ))}
        <Advised step={stepOf(next, "package.fees-change")} run={() => go(`/ministry/packages/${of.id}/fees`)}>
          {t("ministry.fees-change")}
        </Advised>
        <Advised kind="quiet" step={stepOf(next, "package.overlay")} {...opens("layer")}>
          {t("ministry.package-layer")}
        </Advised>
        <Advised kind="quiet" step={stepOf(next, "package.refuse")} {...opens("refuse")}>
          {t("ministry.package-refuse")}
        </Advised>
      </div>
      {stepOf(next, "package.retire-propose") && <p class="help">{t("ministry.package-retire-help")}</p>}
      {open === "layer" && <Layer of={of} />}
      {open === "refuse" && <Refuse of={of} done={done} />}
    </section>
  );
}

function Refuse({ of, done }: { of: Shown; done: () => void }) {
  const [reason, setReason] = useState("");
  const { attempt, told } = useSigning(done);
  const refuse = (e: Event) => {
    e.preventDefault();
    return attempt(() => post(`/v1/packages/${of.id}/refuse`, { reason }));
  };
  return (
    <form onSubmit={refuse}>
      {told}
      <Field label={t("ministry.package-refuse-reason")} help={t("ministry.package-refuse-help")}>
        {(a) => <textarea {...a} dir="auto" required maxLength={2000} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}
      </Field>
      <div class="buttons">
        <Button kind="danger">{t("ministry.package-refuse")}</Button>
      </div>
    </form>
  );
}

/** Our own law, fees and words over the package: its files, changed here or chosen. It becomes one more content, which
 * proves itself and is decided upon by itself. */
function Layer({ of }: { of: Shown }) {
  const layer = useLoad((signal) => get<Layer>(`/v1/packages/${of.id}/layer`, { signal }), [of.id]);
  return <Load of={layer}>{({ files }) => <LayerFiles id={of.id} from={files} />}</Load>;
}

function LayerFiles({ id, from }: { id: string; from: TextFile[] }) {
  const [files, setFiles] = useState(from);
  const { attempt, told } = useSigning(() => undefined);
  const choose = async (list: FileList) => {
    const newer = await Promise.all([...list].map(async (f) => ({ name: f.name.endsWith(".svg") && f.name !== "template.svg" ? `documents/${f.name}` : f.name, text: await f.text() })));
    setFiles([...files.filter((f) => !newer.some((n) => n.name === f.name)), ...newer]);
  };
  const lay = (e: Event) => {
    e.preventDefault();
    return attempt(async () => {
      const made = await post<PackageTaken>(`/v1/packages/${id}/overlay`, { files });
      go(`/ministry/packages/${made.id}`);
    });
  };
  return (
    <form onSubmit={lay}>
      {told}
      <Field label={t("ministry.layer-files")} help={t("ministry.layer-files-help")}>
        {(a) => <input {...a} type="file" multiple accept=".json,.svg" onChange={(e) => e.currentTarget.files && void choose(e.currentTarget.files)} />}
      </Field>
      <Texts files={files} change={setFiles} />
      <div class="buttons">
        <Button>{t("ministry.package-lay")}</Button>
      </div>
    </form>
  );
}
