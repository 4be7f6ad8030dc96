// incidents.tsx - what went wrong at a mission: recorded, taken by somebody, closed with what was learnt
import { useState } from "preact/hooks";
import { Advised, stepOf } from "./advice";
import type { Incident, IncidentList, NextAct as Step } from "./answers";
import { get, post } from "./api";
import { useSigning } from "./signing";
import { Button, Field, Load, Moment, Pairs, Table, Tag, Typed, useLoad } from "./ui";
import { t } from "./words";

const KINDS = ["service", "safety", "security", "property", "other"];
const SEVERITIES = ["low", "high", "critical"] as const;
const TAG = { low: "", high: "warn", critical: "bad" };

export function Incidents({ mission }: { mission: string }) {
  const list = useLoad((signal) => get<IncidentList>(`/v1/missions/${mission}/incidents`, { signal }), [mission]);
  const [open, setOpen] = useState<string>();
  return (
    <section aria-labelledby="incidents">
      <h2 id="incidents">{t("common.incidents")}</h2>
      <Load of={list}>
        {({ incidents, record }) => {
          const one = incidents.find((i) => i.id === open);
          return (
            <>
              <p role="status">{t("common.incidents-open", { n: incidents.filter((i) => !i.closed).length })}</p>
              <Table
                caption={t("common.incidents")}
                name={`incidents-${mission}`}
                rows={incidents}
                columns={[
                  { label: t("common.when"), cell: (r) => <Moment at={r.at} />, text: (r) => r.at },
                  { label: t("common.incident-kind"), cell: (r) => t(`common.incident-kind.${r.kind}`), text: (r) => r.kind },
                  { label: t("common.incident-severity"), cell: (r) => <Tag kind={TAG[r.severity]}>{t(`common.incident-severity.${r.severity}`)}</Tag>, text: (r) => r.severity },
                  { label: t("common.incident-what"), cell: (r) => <Typed>{r.what}</Typed>, text: (r) => r.what },
                  { label: t("common.incident-owner"), cell: (r) => r.owner ?? "–", text: (r) => r.owner ?? "" },
                  { label: t("common.incident-closed"), cell: (r) => (r.closed ? <Moment at={r.closed} /> : <Tag kind="warn">{t("common.incident-is-open")}</Tag>), text: (r) => r.closed ?? "" },
                  {
                    label: t("common.incident-more"),
                    cell: (r) => (
                      <Button kind="quiet" aria-expanded={open === r.id} run={() => setOpen(open === r.id ? undefined : r.id)}>
                        {t("common.incident-more")}
                      </Button>
                    ),
                  },
                ]}
              />
              {one && <One key={one.id} of={one} done={list.again} />}
              <Record mission={mission} step={record} done={list.again} />
            </>
          );
        }}
      </Load>
    </section>
  );
}

function One({ of, done }: { of: Incident; done: () => void }) {
  const [learnt, setLearnt] = useState("");
  const { attempt, told } = useSigning(done);
  const closing = stepOf(of.next, "incident.close");
  const close = (e: Event) => {
    e.preventDefault();
    return attempt(() => post(`/v1/incidents/${of.id}/close`, { learnt }));
  };
  return (
    <section class="card" aria-label={of.what}>
      <Pairs
        list={[
          [t("common.incident-what"), <Typed>{of.what}</Typed>],
          of.where && [t("common.incident-where"), <Typed>{of.where}</Typed>],
          of.reporter && [t("common.incident-reporter"), of.reporter],
          of.owner && [t("common.incident-owner"), of.owner],
          of.learnt && [t("common.incident-learnt"), <Typed>{of.learnt}</Typed>],
        ]}
      />
      {told}
      <Advised kind="quiet" step={stepOf(of.next, "incident.take")} run={() => attempt(() => post(`/v1/incidents/${of.id}/take`))}>
        {t("common.incident-take")}
      </Advised>
      {closing && !closing.refused && (
        <form onSubmit={close}>
          <Field label={t("common.incident-learnt")}>{(a) => <textarea {...a} dir="auto" required maxLength={4000} value={learnt} onInput={(e) => setLearnt(e.currentTarget.value)} />}</Field>
          <div class="buttons">
            <Button>{t("common.incident-close")}</Button>
          </div>
        </form>
      )}
    </section>
  );
}

function Record({ mission, step, done }: { mission: string; step: Step; done: () => void }) {
  const empty = { kind: "service", severity: "low", what: "", where: "" };
  const [i, setI] = useState(empty);
  const { attempt, told } = useSigning(() => (setI(empty), done()));
  const set = (k: keyof typeof i) => (e: { currentTarget: { value: string } }) => setI({ ...i, [k]: e.currentTarget.value });
  const record = (e: Event) => {
    e.preventDefault();
    const { where, ...rest } = i;
    return attempt(() => post(`/v1/missions/${mission}/incidents`, { ...rest, ...(where ? { where } : {}) }));
  };
  const choice = (k: "kind" | "severity", list: readonly string[]) => (a: object) => (
    <select {...a} value={i[k]} onChange={set(k)}>
      {list.map((v) => (
        <option key={v} value={v}>
          {t(`common.incident-${k}.${v}`)}
        </option>
      ))}
    </select>
  );
  return (
    <details>
      <summary>{t("common.incident-record")}</summary>
      <form onSubmit={record}>
        {told}
        <div class="row">
          <Field label={t("common.incident-kind")} help={t("common.incident-kind-help")}>
            {choice("kind", KINDS)}
          </Field>
          <Field label={t("common.incident-severity")}>{choice("severity", SEVERITIES)}</Field>
        </div>
        <Field label={t("common.incident-what")}>{(a) => <textarea {...a} dir="auto" required maxLength={4000} value={i.what} onInput={set("what")} />}</Field>
        <Field label={t("common.incident-where")}>{(a) => <input {...a} dir="auto" maxLength={300} value={i.where} onInput={set("where")} />}</Field>
        <div class="buttons">
          <Advised step={step}>{t("common.incident-record")}</Advised>
        </div>
      </form>
    </details>
  );
}
