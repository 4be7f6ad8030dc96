// queue.tsx - what waits on the desk of a mission, by due day; keyboard all the way
import { useMemo, useState } from "preact/hooks";
import type { MissionList, Queue as Page, ServiceList, Waiting as Row } from "../base/answers";
import { get, post, Problem, query } from "../base/api";
import { useKeys } from "../base/keys";
import type { PageProps } from "../base/router";
import { go, to } from "../base/router";
import { session } from "../base/session";
import { Button, Day, Failure, Heading, Load, Moment, Tag, useLoad } from "../base/ui";
import { country, inWords, language, languageName, languages, t } from "../base/words";

interface Filter {
  name: string;
  state: string;
  service: string;
  mission: string;
  due: string;
  whose: string;
  speaks: string;
}

const STATES = ["", "filed", "in-review", "proposed", "correction", "approved"];
const SAVED = "sifara.desk.filters";

function savedFilters(): Filter[] {
  try {
    return JSON.parse(localStorage.getItem(SAVED) ?? "[]") as Filter[];
  } catch {
    return [];
  }
}

function risk(due: string): "bad" | "warn" | "" {
  const days = (Date.parse(due) - Date.now()) / 86_400_000;
  return days < 0 ? "bad" : days < 2 ? "warn" : "";
}

/** j and k move, s chooses, Enter opens: as in other programs of this kind. */
function useRowKeys(rows: Row[], at: number, setAt: (n: number) => void, toggle: (id: string) => void): void {
  useKeys((key) => {
    if (key === "j" || key === "ArrowDown") setAt(Math.min(at + 1, rows.length - 1));
    else if (key === "k" || key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (key === "s" && rows[at]) toggle(rows[at].id);
    else if (key === "Enter" && rows[at]) go(`/desk/cases/${rows[at].id}`);
    else return false;
    return true;
  }, "input, select, textarea, button, a, summary");
}

/** The first day that a filter by due day leaves out: days are those of whoever asks. */
function before(due: string): string | undefined {
  if (!due) return undefined;
  const day = new Date(Date.now() + (due === "soon" ? 3 : 0) * 86_400_000);
  return new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** Each is an act of its own: what one refuses does not stop the others. */
function Batch({ chosen, done }: { chosen: string[]; done: () => void }) {
  const [told, setTold] = useState<{ done: number; refused: number }>();
  const [failed, setFailed] = useState<unknown>();
  const all = async (act: "take" | "release") => {
    let n = 0;
    let refused = 0;
    setFailed(undefined);
    for (const id of chosen)
      try {
        await post(`/v1/desk/cases/${id}/${act}`);
        n++;
      } catch (error) {
        if (!(error instanceof Problem)) return setFailed(error);
        setFailed(error);
        refused++;
      }
    setTold({ done: n, refused });
    done();
  };
  return (
    <div class="batch">
      <Failure error={failed} />
      {told && <p role="status">{t("desk.batch-done", told)}</p>}
      {chosen.length > 0 && (
        <p class="buttons">
          <span>{t("desk.selected", { n: chosen.length })}</span>
          <Button run={() => all("take")}>{t("desk.take-chosen")}</Button>
          <Button kind="quiet" run={() => all("release")}>
            {t("desk.release-chosen")}
          </Button>
        </p>
      )}
    </div>
  );
}

interface RowsProps {
  rows: Row[];
  title: (name: string) => string;
  chosen: string[];
  choose: (list: string[]) => void;
}

function Rows({ rows, title, chosen, choose }: RowsProps) {
  const [at, setAt] = useState(0);
  const toggle = (id: string) => choose(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id]);
  useRowKeys(rows, at, setAt, toggle);
  return (
    <div class="table" tabIndex={0} role="region" aria-label={t("desk.queue")}>
      <table class="queue stack select" role="table">
        <caption>{t("desk.waiting", { n: rows.length })}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <td role="cell">
              <input type="checkbox" aria-label={t("desk.choose-all")} checked={rows.length > 0 && chosen.length === rows.length} onChange={(e) => choose(e.currentTarget.checked ? rows.map((r) => r.id) : [])} />
            </td>
            <th role="columnheader" scope="col">{t("desk.due")}</th>
            <th role="columnheader" scope="col">{t("desk.service")}</th>
            <th role="columnheader" scope="col">{t("desk.state")}</th>
            <th role="columnheader" scope="col">{t("desk.country")}</th>
            <th role="columnheader" scope="col">{t("desk.speaks")}</th>
            <th role="columnheader" scope="col">{t("desk.filed")}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((r, i) => (
            <tr role="row" key={r.id} class={i === at ? "here" : undefined}>
              <td role="cell">
                <input type="checkbox" aria-label={`${t("desk.choose")}: ${title(r.service)}, ${r.due}`} checked={chosen.includes(r.id)} onChange={() => toggle(r.id)} />
              </td>
              <td role="cell" data-label={t("desk.due")}>
                <Tag kind={risk(r.due)}>
                  <Day on={r.due} both={false} />
                </Tag>
              </td>
              <td role="cell" data-label={t("desk.service")}>
                <a href={to(`/desk/cases/${r.id}`)}>{title(r.service)}</a>
              </td>
              <td role="cell" data-label={t("desk.state")}>{r.state_text ?? r.state}</td>
              <td role="cell" data-label={t("desk.country")}>{country(r.country)}</td>
              <td role="cell" data-label={t("desk.speaks")}>{r.speaks && languageName(r.speaks)}</td>
              <td role="cell" data-label={t("desk.filed")}>
                <Moment at={r.filed} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Select(props: { id: string; label: string; value: string; options: [string, string][]; change: (v: string) => void }) {
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      <select id={props.id} value={props.value} onChange={(e) => props.change(e.currentTarget.value)}>
        {props.options.map(([v, text]) => (
          <option key={v} value={v}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Queue({ query: asked }: PageProps) {
  const who = useLoad(() => session(), []);
  const [state, setState] = useState(asked.get("state") ?? "");
  const [service, setService] = useState(asked.get("service") ?? "");
  const [mission, setMission] = useState(asked.get("mission") ?? "");
  const [due, setDue] = useState(asked.get("due") ?? "");
  const [whose, setWhose] = useState(asked.get("whose") ?? "");
  const [speaks, setSpeaks] = useState(asked.get("speaks") ?? "");
  const [chosen, setChosen] = useState<string[]>([]);
  const [filters, setFilters] = useState(savedFilters);
  const [more, setMore] = useState<Row[]>([]);
  const [next, setNext] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  const services = useLoad((signal) => get<ServiceList>(`/v1/services?language=${language}`, { signal }), []);
  const missions = useLoad((signal) => get<MissionList>("/v1/missions", { signal }), []);
  const address = (after?: string) => `/v1/desk/queue${query({ state, service, mission, before: before(due), officer: whose, speaks, language, limit: 50, after })}`;
  const page = useLoad(
    async (signal) => {
      const p = await get<Page>(address(), { signal });
      setMore([]);
      setChosen([]);
      setNext(p.next);
      return p;
    },
    [state, service, mission, due, whose, speaks],
  );
  const title = useMemo(() => {
    const names = new Map(services.data?.services.map((s) => [s.name, s.title]));
    return (name: string) => names.get(name) ?? name;
  }, [services.data]);
  const further = async () => {
    try {
      const p = await get<Page>(address(next));
      setMore([...more, ...p.cases]);
      setNext(p.next);
    } catch (error) {
      setFailed(error);
    }
  };
  const keep = () => {
    const name = [state && t(`desk.state.${state}`), service && title(service), mission, due && t(`desk.risk.${due}`), whose && t("desk.mine"), speaks && languageName(speaks)].filter(Boolean).join(" · ");
    const list = [...filters.filter((f) => f.name !== name), { name: name || t("desk.all"), state, service, mission, due, whose, speaks }];
    localStorage.setItem(SAVED, JSON.stringify(list));
    setFilters(list);
  };
  const ministry = who.data?.roles?.includes("ministry-admin");
  return (
    <>
      <Heading lead={t("desk.queue-lead")}>{t("desk.queue")}</Heading>
      <div class="row">
        <Select id="state" label={t("desk.state")} value={state} change={setState} options={STATES.map((s) => [s, t(s ? `desk.state.${s}` : "desk.to-take")])} />
        <Select id="service" label={t("desk.service")} value={service} change={setService} options={[["", t("desk.all")], ...(services.data?.services ?? []).map((s): [string, string] => [s.name, s.title])]} />
        <Select id="due" label={t("desk.risk")} value={due} change={setDue} options={["any", "overdue", "soon"].map((d): [string, string] => [d === "any" ? "" : d, t(`desk.risk.${d}`)])} />
        <Select
          id="whose"
          label={t("desk.whose")}
          value={whose}
          change={setWhose}
          options={[
            ["", t("desk.anybody")],
            ["me", t("desk.mine")],
          ]}
        />
        <Select id="speaks" label={t("desk.speaks")} value={speaks} change={setSpeaks} options={[["", t("desk.any-language")], ...languages.map((l): [string, string] => [l, languageName(l)])]} />
        {ministry && (
          <Select id="mission" label={t("desk.mission")} value={mission} change={setMission} options={[["", t("desk.own")], ...(missions.data?.missions ?? []).map((m): [string, string] => [m.code, inWords(m.name)])]} />
        )}
        <Button kind="quiet" run={keep}>
          {t("desk.keep-filter")}
        </Button>
      </div>
      {filters.length > 0 && (
        <p class="filters">
          {filters.map((f) => (
            <Button
              key={f.name}
              kind="quiet"
              run={() => {
                setState(f.state);
                setService(f.service);
                setMission(f.mission);
                setDue(f.due ?? "");
                setWhose(f.whose ?? "");
                setSpeaks(f.speaks ?? "");
              }}
            >
              {f.name}
            </Button>
          ))}
        </p>
      )}
      <Failure error={failed} />
      <Batch chosen={chosen} done={page.again} />
      <Load of={page}>{(p) => <Rows rows={[...p.cases, ...more]} title={title} chosen={chosen} choose={setChosen} />}</Load>
      {next && (
        <Button kind="quiet" run={further}>
          {t("desk.more")}
        </Button>
      )}
      <p class="help">{t("desk.keys-help")}</p>
    </>
  );
}
