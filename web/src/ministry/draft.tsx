// draft.tsx - the foreign policy changes: a draft is made, its consequences are seen, one officer proposes it,
// another one signs for it
import { useState } from "preact/hooks";
import type { Comparison, PolicyFiles as Stored, PolicyList, PolicyProposal as Proposal, PolicyProposed, TextFile } from "../base/answers";
import { get, post } from "../base/api";
import type { PageProps } from "../base/router";
import { to } from "../base/router";
import { useSigning } from "../base/signing";
import { signed } from "../base/passkey";
import { Button, Field, Heading, Load, Moment, Notice, Table, Tag, useLoad } from "../base/ui";
import { inWords, language, t } from "../base/words";
import { worded } from "./host";
import { Consequences } from "./consequences";
import { Texts } from "./texts";

interface Agreement {
  code: string;
  title: Record<string, string>;
  from: string;
  until?: string;
}

const AGREEMENTS = "facts/agreements.json";
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** What was proposed and waits for a second officer, and what was adopted. */
export function Proposals() {
  const list = useLoad((signal) => get<PolicyList>("/v1/policies", { signal }), []);
  return (
    <Load of={list}>
      {({ policies }) => (
        <Table
          caption={t("ministry.proposals")}
          name="proposals"
          rows={policies}
          columns={[
            { label: t("ministry.proposed"), cell: (r) => <a href={to(`/ministry/policy/proposals/${r.id}`)}><Moment at={r.proposed} /></a>, text: (r) => r.proposed },
            { label: t("ministry.proposer"), cell: (r) => r.proposer ?? t("ministry.at-the-beginning"), text: (r) => r.proposer ?? "" },
            { label: t("ministry.state"), cell: (r) => <ProposalState of={r} />, text: (r) => r.adopted ?? "" },
            { label: t("ministry.adopted-by"), cell: (r) => r.confirmer ?? "–", text: (r) => r.confirmer ?? "" },
          ]}
        />
      )}
    </Load>
  );
}

function ProposalState({ of }: { of: Proposal }) {
  if (of.in_force) return <Tag kind="good">{t("ministry.policy-in-force")}</Tag>;
  if (of.adopted) return <Tag>{t("ministry.policy-was")}</Tag>;
  return <Tag kind="warn">{t("ministry.policy-waits")}</Tag>;
}

/** The agreements of a draft that are in force today. */
function agreementsOf(files: TextFile[]): Agreement[] {
  try {
    const read = JSON.parse(files.find((f) => f.name === AGREEMENTS)?.text ?? "{}") as { agreements?: Agreement[] };
    const today = day(Date.now());
    return (read.agreements ?? []).filter((a) => a.from <= today && (!a.until || a.until >= today));
  } catch {
    return [];
  }
}

/** The same files, but the agreement's last day was yesterday. */
function suspended(files: TextFile[], code: string): TextFile[] {
  return files.map((f) => {
    if (f.name !== AGREEMENTS) return f;
    const read = JSON.parse(f.text) as { agreements: Agreement[] };
    const agreements = read.agreements.map((a) => (a.code === code ? { ...a, until: day(Date.now() - 86_400_000) } : a));
    return { name: f.name, text: `${JSON.stringify({ ...read, agreements }, null, 2)}\n` };
  });
}

/** Files of a folder: texts by their names, facts below facts/. */
async function chosen(list: FileList): Promise<TextFile[]> {
  return Promise.all([...list].map(async (f) => ({ name: f.name.endsWith(".json") ? `facts/${f.name}` : f.name, text: await f.text() })));
}

const merged = (files: TextFile[], newer: TextFile[]) => [...files.filter((f) => !newer.some((n) => n.name === f.name)), ...newer].sort((a, b) => (a.name < b.name ? -1 : 1));

interface Editing {
  files: TextFile[];
  change: (files: TextFile[]) => void;
}

function Suspend({ files, change }: Editing) {
  const agreements = agreementsOf(files);
  const [code, setCode] = useState("");
  if (!agreements.length) return null;
  return (
    <fieldset>
      <legend>{t("ministry.suspend-agreement")}</legend>
      <Field label={t("ministry.agreement")} id="suspend">
        {(a) => (
          <select {...a} value={code} onChange={(e) => setCode(e.currentTarget.value)}>
            <option value="">{t("ministry.choose")}</option>
            {agreements.map((g) => (
              <option key={g.code} value={g.code}>
                {inWords(g.title)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Button kind="quiet" disabled={!code} run={() => (change(suspended(files, code)), setCode(""))}>
        {t("ministry.suspend-in-draft")}
      </Button>
    </fieldset>
  );
}

function Files({ files, change }: Editing) {
  return (
    <>
      <Field label={t("ministry.draft-files")} help={t("ministry.draft-files-help")} id="draft-files">
        {(a) => <input {...a} type="file" multiple accept=".cedar,.json" onChange={(e) => e.currentTarget.files && void chosen(e.currentTarget.files).then((newer) => change(merged(files, newer)))} />}
      </Field>
      <details>
        <summary>{t("ministry.draft-texts", { n: files.length })}</summary>
        <Texts files={files} change={change} />
      </details>
    </>
  );
}

const named = (files: TextFile[]) => files.map(({ name, text }) => ({ name, text }));

export function DraftPage(_: PageProps) {
  const stored = useLoad((signal) => get<Stored>("/v1/policies/in-force", { signal }), []);
  return (
    <>
      <a class="back" href={to("/ministry/policy")}>
        {t("ministry.policy")}
      </a>
      <Heading lead={t("ministry.draft-lead")}>{t("ministry.draft")}</Heading>
      <Load of={stored}>{(s) => <Draft from={s.files} />}</Load>
    </>
  );
}

function Draft({ from }: { from: TextFile[] }) {
  const [files, setFiles] = useState(from);
  const [answer, setAnswer] = useState<Comparison>();
  const [proposed, setProposed] = useState<string>();
  const { attempt, told } = useSigning(() => undefined);
  const change = (newer: TextFile[]) => {
    setFiles(newer);
    setAnswer(undefined);
  };
  const changed = files.filter((f) => from.find((o) => o.name === f.name)?.text !== f.text);
  const compare = () => attempt(async () => setAnswer(await post<Comparison>("/v1/policy/compare", { files: named(files), language })));
  const propose = () => attempt(async () => setProposed((await post<PolicyProposed>("/v1/policies", { files: named(files) })).id));
  if (proposed)
    return (
      <Notice kind="good" title={t("ministry.was-proposed")}>
        <a href={to(`/ministry/policy/proposals/${proposed}`)}>{t("ministry.to-the-proposal")}</a>
      </Notice>
    );
  return (
    <>
      <Suspend files={files} change={change} />
      <Files files={files} change={change} />
      <p role="status">{changed.length ? t("ministry.draft-changed", { n: changed.length, names: changed.map((f) => worded(`ministry.policy-file.${f.name.replace("facts/", "").replace(".json", "")}`, f.name)).join(" · ") }) : t("ministry.draft-same")}</p>
      {told}
      <div class="buttons">
        <Button disabled={!changed.length} run={compare}>
          {t("ministry.compare")}
        </Button>
        {answer && <Button run={propose}>{t("ministry.propose-draft")}</Button>}
      </div>
      {answer && <Consequences of={answer} />}
    </>
  );
}

/** What somebody proposed, compared with what is in force; another officer signs for it. */
export function ProposalPage({ params }: PageProps) {
  const id = params["proposal"] ?? "";
  const stored = useLoad((signal) => get<Stored>(`/v1/policies/${id}`, { signal }), [id]);
  return (
    <>
      <a class="back" href={to("/ministry/policy")}>
        {t("ministry.policy")}
      </a>
      <Heading lead={t("ministry.proposal-lead")}>{t("ministry.proposal")}</Heading>
      <Load of={stored}>
        {(s) => (
          <>
            <p>
              <ProposalState of={s} /> {s.proposer} · <Moment at={s.proposed} />
              {s.adopted && (
                <>
                  {" "}
                  · {t("ministry.adopted-by")} {s.confirmer} · <Moment at={s.adopted} />
                </>
              )}
            </p>
            {!s.adopted && <Adopt of={s} done={stored.again} />}
          </>
        )}
      </Load>
    </>
  );
}

function Adopt({ of, done }: { of: Stored; done: () => void }) {
  const compared = useLoad(() => post<Comparison>("/v1/policy/compare", { proposal: of.id, language }), [of.id]);
  const { attempt, told } = useSigning(done);
  return (
    <Load of={compared}>
      {(c) => (
        <>
          <Consequences of={c} />
          {told}
          {of.own ? (
            <Notice title={t("ministry.another-adopts")} />
          ) : (
            <div class="buttons">
              <Button run={() => attempt(async () => post(`/v1/policies/${of.id}/adopt`, { signature: await signed(of.statement) }))}>{t("ministry.sign-and-adopt")}</Button>
            </div>
          )}
        </>
      )}
    </Load>
  );
}
