// standing.tsx - how we stand with a state changes: one officer proposes it and signs, another compares and signs the same
import { useState } from "preact/hooks";
import { Advised } from "../base/advice";
import type { Letter, PartnerNode as Node, StandingStatement, StandingStep } from "../base/answers";
import { post } from "../base/api";
import { sha256 } from "../base/digest";
import { signed } from "../base/passkey";
import { useSigning } from "../base/signing";
import { Button, Day, Field, Moment, Notice, Pairs, Print, Typed } from "../base/ui";
import { languageName, t } from "../base/words";

interface Wish {
  standing: string;
  reason?: string;
  credence?: unknown;
  note?: string;
  fingerprint?: string;
}

/** The letter of credence as people read it, to be laid beside the note verbale. */
function LetterShown({ of, fingerprint }: { of: Letter; fingerprint?: string[] | undefined }) {
  return (
    <section class="card">
      <h3>{t("ministry.letter")}</h3>
      <Pairs
        list={[
          [t("ministry.partner"), <Typed>{of.title}</Typed>],
          [t("ministry.letter-node"), <bdi>{`${of.name} · ${of.url}`}</bdi>],
          [t("ministry.letter-issued"), <Day on={of.issued} />],
          [t("ministry.letter-keys"), <><Day on={of.from} both={false} /> – <Day on={of.until} both={false} /></>],
          of.languages.length > 0 && [t("common.language"), of.languages.map((l) => languageName(l)).join(" · ")],
          of.contacts.length > 0 && [t("ministry.letter-contact"), of.contacts.map((c) => <Typed key={c}>{c}</Typed>)],
          fingerprint && [t("ministry.letter-fingerprint"), <bdi class="mono lines">{fingerprint.join("\n")}</bdi>],
        ]}
      />
    </section>
  );
}

function Fingerprint({ value, change }: { value: string; change: (v: string) => void }) {
  return (
    <Field label={t("ministry.letter-fingerprint")} help={t("ministry.letter-fingerprint-help")}>
      {(a) => <textarea {...a} class="mono" dir="ltr" required rows={4} maxLength={200} spellcheck={false} autocomplete="off" value={value} onInput={(e) => change(e.currentTarget.value)} />}
    </Field>
  );
}

interface StepProps {
  code: string;
  step: StandingStep;
  done: () => void;
}

/** What is no letter at all the node says in its own words. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** Accredited for the first time or anew, back again, or by another letter. */
function verb(step: StandingStep, standing: string | undefined): string {
  if (step.standing !== "accredited" || !standing || standing === "none" || standing === "severed") return `ministry.to.${step.standing}`;
  return standing === "accredited" ? "ministry.to.renewed" : "ministry.to.restored";
}

/** First it is compared, as the note verbale has it; then it is signed. */
function Propose({ code, step, done }: StepProps) {
  const [letter, setLetter] = useState<unknown>();
  const [note, setNote] = useState("");
  const [fingerprint, setFingerprint] = useState("");
  const [reason, setReason] = useState("");
  const [compared, setStandingStatement] = useState<StandingStatement>();
  const { attempt, told } = useSigning(done);
  const { attempt: compare, told: refusedLetter } = useSigning(() => undefined);
  const wish: Wish = {
    standing: step.standing,
    ...(reason ? { reason } : {}),
    ...(letter ? { credence: letter, note, fingerprint } : {}),
  };
  const other = (change: () => void) => (change(), setStandingStatement(undefined));
  const read = async (file: File | undefined) => {
    if (file) other(() => void file.text().then((text) => setLetter(parsed(text))));
  };
  const look = (e: Event) => {
    e.preventDefault();
    return compare(async () => setStandingStatement(await post<StandingStatement>(`/v1/partners/${code}/statement`, wish)));
  };
  const sign = () => attempt(async () => post(`/v1/partners/${code}/standing`, { ...wish, signature: await signed(compared!.statement) }));
  return (
    <form onSubmit={look}>
      {told}
      {refusedLetter}
      {step.letter && (
        <>
          <Field label={t("ministry.letter-file")} help={t(step.letter === "needed" ? "ministry.letter-file-help" : "ministry.letter-file-possible")}>
            {(a) => <input {...a} type="file" required={step.letter === "needed"} onChange={(e) => void read(e.currentTarget.files?.[0])} />}
          </Field>
          <Field label={t("ministry.note-file")} help={t("ministry.note-file-help")}>
            {(a) => (
              <input
                {...a}
                type="file"
                required={letter !== undefined || step.letter === "needed"}
                onChange={(e) => {
                  const file = e.currentTarget.files?.[0];
                  if (file) void file.arrayBuffer().then(sha256).then((h) => other(() => setNote(h)));
                }}
              />
            )}
          </Field>
          {(letter !== undefined || step.letter === "needed") && <Fingerprint value={fingerprint} change={(v) => other(() => setFingerprint(v))} />}
        </>
      )}
      <Field label={t("ministry.standing-reason")} help={t("ministry.standing-reason-help")}>
        {(a) => <textarea {...a} dir="auto" maxLength={2000} value={reason} onInput={(e) => other(() => setReason(e.currentTarget.value))} />}
      </Field>
      {!compared && (
        <div class="buttons">
          <Button kind="quiet">{t(letter ? "ministry.compare-letter" : "ministry.read-before-signing")}</Button>
        </div>
      )}
      {compared && (
        <>
          {compared.letter && (
            <>
              <Notice kind="good" title={t("ministry.letter-fits")} />
              <LetterShown of={compared.letter} fingerprint={compared.fingerprint} />
            </>
          )}
          <p>{t("ministry.you-sign", { what: t(`ministry.to.${step.standing}`) })}</p>
          <div class="buttons">
            <Button run={sign}>{t("ministry.sign-and-propose")}</Button>
            {compared.letter && (
              <Print quiet />
            )}
          </div>
        </>
      )}
    </form>
  );
}

/** What waits: the second officer reads the note verbale, not what the first one typed. */
function Confirm({ code, step, node, done }: StepProps & { node: Node }) {
  const [fingerprint, setFingerprint] = useState("");
  const { attempt, told } = useSigning(done);
  const p = node.proposal!;
  const confirm = (e: Event) => {
    e.preventDefault();
    return attempt(async () => post(`/v1/partners/${code}/confirm`, { ...(p.letter ? { fingerprint } : {}), signature: await signed(node.statement!) }));
  };
  return (
    <form class="card" onSubmit={confirm}>
      <h2>{t("ministry.to-confirm", { what: t(`ministry.to.${step.standing}`) })}</h2>
      {told}
      <Pairs list={[[t("ministry.proposer"), p.proposer ?? "–"], [t("common.when"), <Moment at={p.at} />], p.reason && [t("ministry.standing-reason"), <Typed>{p.reason}</Typed>]]} />
      {p.letter && <LetterShown of={p.letter} />}
      {p.letter && !step.refused && <Fingerprint value={fingerprint} change={setFingerprint} />}
      <div class="buttons">
        <Advised step={step}>{t("ministry.sign-and-confirm")}</Advised>
      </div>
    </form>
  );
}

export function StandingSteps({ code, node, next, done }: { code: string; node: Node | undefined; next: StandingStep[]; done: () => void }) {
  const [open, setOpen] = useState<string>();
  const [told, setTold] = useState<string>();
  const finished = (key: string) => () => {
    setOpen(undefined);
    setTold(key);
    done();
  };
  const confirm = next.find((s) => s.action === "partner.confirm");
  const steps = next.filter((s) => s.action === "partner.propose");
  return (
    <>
      {told && <Notice kind="good" title={t(told)} />}
      {confirm && node?.proposal && <Confirm code={code} step={confirm} node={node} done={finished("ministry.standing-changed")} />}
      <section class="card" aria-label={t("ministry.standing-change")}>
        <h2>{t("ministry.standing-change")}</h2>
        <div class="buttons">
          {steps.map((s) => (
            <Advised key={s.standing} step={s} kind="quiet" aria-expanded={open === s.standing} run={() => setOpen(open === s.standing ? undefined : s.standing)}>
              {t(verb(s, node?.standing))}
            </Advised>
          ))}
        </div>
        {steps.map((s) => open === s.standing && <Propose key={s.standing} code={code} step={s} done={finished("ministry.standing-proposed")} />)}
      </section>
    </>
  );
}
