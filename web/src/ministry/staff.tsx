// staff.tsx - who works at a mission in which role and language, and who stands in for whom during leave
import { useState } from "preact/hooks";
import { Advised, stepOf } from "../base/advice";
import type { Delegation, DelegationList, NextAct as Step, Officer, OfficerList } from "../base/answers";
import { get, post } from "../base/api";
import { signed } from "../base/passkey";
import { useSigning } from "../base/signing";
import { Day, Field, Load, Table, Tag, useLoad } from "../base/ui";
import { languageName, t } from "../base/words";

const roleName = (role: string) => t(`common.role.${role}`);
const KIND = { proposed: "warn", "to-come": "", "in-force": "good", ended: "" };

export function Staff({ code, next }: { code: string; next: Step[] }) {
  const officers = useLoad((signal) => get<OfficerList>(`/v1/officers?mission=${code}`, { signal }), [code]);
  const leave = useLoad((signal) => get<DelegationList>(`/v1/missions/${code}/delegations`, { signal }), [code]);
  return (
    <section aria-labelledby="staff">
      <h2 id="staff">{t("ministry.staff")}</h2>
      <Load of={officers}>
        {({ officers: list }) => (
          <>
            <Table
              caption={t("ministry.staff-who")}
              name={`staff-${code}`}
              rows={list}
              columns={[
                { label: t("ministry.officer"), cell: (r) => r.name, text: (r) => r.name },
                { label: t("ministry.role"), cell: (r) => r.roles.map(roleName).join(" · "), text: (r) => r.roles.join(" ") },
                { label: t("common.language"), cell: (r) => languageName(r.language), text: (r) => r.language },
              ]}
            />
            <Load of={leave}>{({ delegations }) => <Leave list={delegations} done={leave.again} />}</Load>
            <Propose code={code} officers={list.filter((o) => o.state === "active")} next={next} done={leave.again} />
          </>
        )}
      </Load>
    </section>
  );
}

/** Who stands in for whom: what waits is confirmed, what holds ends by itself or is taken back. */
function Leave({ list, done }: { list: Delegation[]; done: () => void }) {
  const { attempt, told } = useSigning(done);
  const confirm = (d: Delegation) => attempt(async () => post(`/v1/delegations/${d.id}/confirm`, { signature: await signed(d.statement ?? "") }));
  return (
    <>
      {told}
      <Table
        caption={t("ministry.leave")}
        name="leave"
        empty={t("ministry.leave-none")}
        rows={list}
        columns={[
          { label: t("ministry.leave-officer"), cell: (r) => r.officer ?? "–", text: (r) => r.officer ?? "" },
          { label: t("ministry.leave-colleague"), cell: (r) => r.colleague ?? "–", text: (r) => r.colleague ?? "" },
          { label: t("ministry.role"), cell: (r) => roleName(r.role), text: (r) => r.role },
          { label: t("ministry.leave-from"), cell: (r) => <Day on={r.from} />, text: (r) => r.from },
          { label: t("ministry.leave-until"), cell: (r) => <Day on={r.until} />, text: (r) => r.until },
          { label: t("ministry.state"), cell: (r) => <Tag kind={KIND[r.state]}>{t(`ministry.leave.${r.state}`)}</Tag>, text: (r) => r.state },
          {
            label: t("ministry.leave-do"),
            cell: (r) => (
              <>
                <Advised step={stepOf(r.next, "delegation.confirm")} run={() => confirm(r)}>
                  {t("ministry.sign-and-confirm")}
                </Advised>
                {!stepOf(r.next, "delegation.end")?.refused && (
                  <Advised kind="quiet" step={stepOf(r.next, "delegation.end")} run={() => attempt(() => post(`/v1/delegations/${r.id}/end`))}>
                    {t("ministry.leave-end")}
                  </Advised>
                )}
              </>
            ),
          },
        ]}
      />
    </>
  );
}

const NEVER = ["ministry-admin", "oversight"];

function Propose({ code, officers, next, done }: { code: string; officers: Officer[]; next: Step[]; done: () => void }) {
  const today = new Intl.DateTimeFormat("en-CA", { dateStyle: "short" }).format(new Date());
  const [d, setD] = useState({ officer: "", colleague: "", role: "", from: today, until: "" });
  const { attempt, told } = useSigning(() => (setD({ ...d, officer: "", colleague: "", role: "" }), done()));
  const roles = (officers.find((o) => o.id === d.officer)?.roles ?? []).filter((r) => !NEVER.includes(r));
  const role = roles.includes(d.role) ? d.role : (roles[0] ?? "");
  const set = (k: keyof typeof d) => (e: { currentTarget: { value: string } }) => setD({ ...d, [k]: e.currentTarget.value });
  const propose = (e: Event) => {
    e.preventDefault();
    return attempt(async () => {
      const wish = { officer: d.officer, colleague: d.colleague, role, from: d.from, until: d.until };
      const statement = JSON.stringify({ colleague: d.colleague, from: d.from, mission: code, officer: d.officer, role, until: d.until });
      await post(`/v1/missions/${code}/delegations`, { ...wish, signature: await signed(statement) });
    });
  };
  const who = (k: "officer" | "colleague", but: string) => (a: object) => (
    <select {...a} required value={d[k]} onChange={set(k)}>
      <option value="">{t("ministry.choose")}</option>
      {officers
        .filter((o) => o.id !== but)
        .map((o) => (
          <option key={o.id} value={o.id}>
            {o.name}
          </option>
        ))}
    </select>
  );
  return (
    <details>
      <summary>{t("ministry.leave-propose")}</summary>
      <form onSubmit={propose}>
        {told}
        <div class="row">
          <Field label={t("ministry.leave-officer")}>{who("officer", "")}</Field>
          <Field label={t("ministry.leave-colleague")}>{who("colleague", d.officer)}</Field>
          <Field label={t("ministry.role")}>
            {(a) => (
              <select {...a} required value={role} onChange={set("role")}>
                {roles.map((r) => (
                  <option key={r} value={r}>
                    {roleName(r)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <div class="row">
          <Field label={t("ministry.leave-from")}>{(a) => <input {...a} type="date" required min={today} value={d.from} onInput={set("from")} />}</Field>
          <Field label={t("ministry.leave-until")} help={t("ministry.leave-until-help")}>
            {(a) => <input {...a} type="date" required min={d.from} value={d.until} onInput={set("until")} />}
          </Field>
        </div>
        <div class="buttons">
          <Advised step={stepOf(next, "delegation.propose")}>{t("ministry.sign-and-propose")}</Advised>
        </div>
      </form>
    </details>
  );
}
