// form.tsx - the form of a service, page by page, as its plan and its rules say: for the person, and at the counter
//
// After each page the node is asked which pages, documents and fee these answers lead to: the rules of a service
// are evaluated there alone. Where answers are kept meanwhile is the caller's to say (a sheet).
import { useEffect, useRef, useState } from "preact/hooks";
import { post, Problem } from "./api";
import { check } from "./check";
import { Fee } from "./fee";
import { FormField } from "./fields";
import { labelOf } from "./labels";
import type { Answers, Asked, CaseFile, PlanField, PlanPage, ServiceForm } from "./model";
import { at, withAt, wordsOf } from "./model";
import { Shown } from "./shown";
import { Button, Failure, Heading, Mistakes, Notice, Typed, type Mistake } from "./ui";
import { Uploads } from "./uploads";
import { language, t } from "./words";

/** Answers on their way to the node. */
export interface Sheet {
  answers: Answers;
  change(answers: Answers): void;
  /** Sends what is not sent. Throws what the node says to answers that it cannot take. */
  flush(): Promise<void>;
  /** Nothing of it stays here. */
  done(): void;
  stop(): void;
}

export interface FormProps {
  file: Pick<CaseFile, "service" | "country" | "attachments">;
  service: ServiceForm;
  sheet: Sheet;
  /** How it stands with what was typed. */
  status: preact.ComponentChildren;
  /** Why what was typed is not kept by the node. */
  trouble?: unknown;
  /** The address that takes files; none: documents are no part of it. */
  files?: string;
  /** Another state decides: what our rules, our fee and our promise say does not hold there. */
  elsewhere?: boolean;
  /** Where one comes from. */
  before: { href: string; label: string };
  /** The page to begin with. */
  begin: string;
  /** A file came. */
  reload: () => void;
  /** A step of its own before all is looked over, how it stands in a few words. */
  extra?: { id: string; title: string; short: string; page: preact.ComponentChildren } | undefined;
  /** What stands above the last button, and what it does. */
  last: { note: preact.ComponentChildren; label: string; send: () => Promise<void> };
}

const DOCUMENTS = "documents";
const REVIEW = "review";
const SOON_MS = 300;

/** The pages in their order: those of the plan that the answers lead to, then the rest. */
const order = (asked: Asked, { extra, files, service }: FormProps): string[] => [
  ...asked.pages.map((p) => p.id).filter((id) => service.pages.some((p) => p.id === id)),
  ...(files ? [DOCUMENTS] : []),
  ...(extra?.page ? [extra.id] : []),
  REVIEW,
];

/** The page after this one, or before. */
function beside(ids: string[], id: string, step: number): string | undefined {
  const i = ids.indexOf(id);
  return i < 0 ? ids[0] : ids[i + step];
}

export function Form(props: FormProps) {
  const { file, service, sheet } = props;
  const words = wordsOf(service);
  const [answers, setAnswers] = useState(sheet.answers);
  const [page, setPage] = useState(props.begin);
  const [asked, setAsked] = useState<Asked>();
  const [mistakes, setMistakes] = useState<Mistake[]>([]);
  const [failed, setFailed] = useState<unknown>();

  const asks = useRef(0);
  const soon = useRef<number>();
  /** An older answer never replaces a newer one. */
  const ask = async (a: Answers) => {
    clearTimeout(soon.current);
    const mine = ++asks.current;
    const answer = await post<Asked>(`/v1/services/${file.service}/ask`, { country: file.country, language, answers: a });
    if (mine === asks.current) setAsked(answer);
    return answer;
  };
  useEffect(() => {
    ask(answers).catch(setFailed);
    return () => (clearTimeout(soon.current), sheet.stop());
  }, []);
  const move = (next: string) => {
    setMistakes([]);
    setFailed(undefined);
    setPage(next);
    history.replaceState(null, "", `${location.pathname}?page=${next}`);
    window.scrollTo(0, 0);
  };
  const change = (pointer: string, value: unknown) => {
    const next = withAt(sheet.answers, pointer, value);
    sheet.change(next);
    setAnswers(next);
    // what was said may lead to further questions on the same page
    clearTimeout(soon.current);
    if (plan?.fields.some((f) => f.when)) soon.current = window.setTimeout(() => ask(next).catch(() => {}), SOON_MS);
  };

  if (!asked) return failed ? <Failure error={failed} /> : <p class="loading">{t("common.loading")}</p>;
  const ids = order(asked, props);
  const here = ids.includes(page) ? page : ids[0]!;
  const plan = service.pages.find((p) => p.id === here);
  const pointers = (a: Asked) => (plan ? pageFields(plan, a, sheet.answers).map(([, pointer]) => pointer) : []);
  const next = async () => {
    const found = plan ? pageFields(plan, asked, answers).flatMap(([f, p]) => check(service.form, answers, f, p, words)) : [];
    setMistakes(found);
    if (found.length) return;
    try {
      await sheet.flush();
      const after = await ask(sheet.answers);
      const seen = pointers(asked);
      if (pointers(after).some((p) => !seen.includes(p))) return; // there is more to fill in here
      move(beside(order(after, props), here, 1) ?? REVIEW);
    } catch (error) {
      setFailed(error);
    }
  };
  const back = beside(ids, here, -1);
  return (
    <>
      {back ? (
        <a
          class="back"
          href={`?page=${back}`}
          onClick={(e) => {
            e.preventDefault();
            move(back);
          }}
        >
          {t("common.back")}
        </a>
      ) : (
        <a class="back" href={props.before.href}>
          {props.before.label}
        </a>
      )}
      <p class="saved" role="status">
        {words["title"]} · {t("common.form.page-of", { n: ids.indexOf(here) + 1, of: ids.length })} · {props.status}
      </p>
      <Mistakes list={mistakes} />
      <Failure error={failed} />
      <Failure error={props.trouble} />
      {here === REVIEW ? (
        <Review {...props} answers={answers} asked={asked} move={move} />
      ) : here === props.extra?.id ? (
        <>
          <Heading>{props.extra.title}</Heading>
          <section class="card">{props.extra.page}</section>
          <div class="buttons">
            <Button run={next}>{t("common.continue")}</Button>
          </div>
        </>
      ) : here === DOCUMENTS && props.files ? (
        <>
          <Heading lead={t("common.form.documents-lead")}>{t("common.form.documents")}</Heading>
          {asked.documents.length ? (
            <Uploads to={props.files} asked={asked.documents} have={file.attachments} changed={props.reload} />
          ) : (
            <p>{t("common.form.no-documents")}</p>
          )}
          <div class="buttons">
            <Button run={next}>{t("common.continue")}</Button>
          </div>
        </>
      ) : (
        <form
          noValidate
          onSubmit={(e) => {
            e.preventDefault();
            void next();
          }}
        >
          <PlanFields key={here} page={service.pages.find((p) => p.id === here)!} asked={asked} service={service} words={words} answers={answers} mistakes={mistakes} change={change} />
          <div class="buttons">
            <Button>{t("common.continue")}</Button>
          </div>
        </form>
      )}
    </>
  );
}

/** The fields of a page that are shown: one group, or one for each item of its list, its place put in. */
function pageGroups(plan: PlanPage, asked: Asked, answers: Answers): [PlanField, string][][] {
  const shown = new Set(asked.pages.find((p) => p.id === plan.id)?.fields ?? plan.fields.map((f) => f.at));
  const fields = plan.fields.filter((f) => shown.has(f.at)).map((f): PlanField => ({ ...f, due: !!(plan.when || f.when) }));
  if (!plan.repeat) return [fields.map((f) => [f, f.at])];
  const list = at(answers, plan.repeat.at);
  const n = Math.max(plan.repeat.min, Array.isArray(list) ? list.length : 0);
  return Array.from({ length: n }, (_, i) => fields.map((f): [PlanField, string] => [f, f.at.replace("*", String(i))]));
}

const pageFields = (plan: PlanPage, asked: Asked, answers: Answers) => pageGroups(plan, asked, answers).flat();

function PlanFields(props: { page: PlanPage; asked: Asked; service: ServiceForm; words: Record<string, string>; answers: Answers; mistakes: Mistake[]; change: (p: string, v: unknown) => void }) {
  const { page, words, answers, change } = props;
  const groups = pageGroups(page, props.asked, answers);
  const field = ([f, pointer]: [PlanField, string]) => (
    <FormField
      key={pointer}
      field={f}
      pointer={pointer}
      form={props.service.form}
      answers={answers}
      words={words}
      mistakes={props.mistakes}
      change={change}
    />
  );
  return (
    <>
      <Heading lead={page.help && words[page.help]}>{words[page.title] ?? page.title}</Heading>
      {page.repeat ? <Items repeat={page.repeat} name={words[page.repeat.item] ?? ""} groups={groups} field={field} change={change} /> : groups[0]?.map(field)}
    </>
  );
}

function Items(props: { repeat: NonNullable<PlanPage["repeat"]>; name: string; groups: [PlanField, string][][]; field: (f: [PlanField, string]) => preact.JSX.Element; change: (p: string, v: unknown) => void }) {
  const { repeat, groups } = props;
  return (
    <>
      {groups.map((g, i) => (
        <fieldset class="card" key={i}>
          <legend>
            {props.name} {t("common.form.number", { n: i + 1 })}
          </legend>
          {g.map(props.field)}
          {groups.length > repeat.min && (
            <Button kind="quiet" run={() => props.change(`${repeat.at}/${i}`, undefined)}>
              {t("common.form.take-away")}
            </Button>
          )}
        </fieldset>
      ))}
      {groups.length < repeat.max && (
        <Button kind="quiet" run={() => props.change(`${repeat.at}/${groups.length}`, {})}>
          {t("common.form.add-another", { what: props.name })}
        </Button>
      )}
    </>
  );
}

/** All answers once more, what stands in the way, what it costs; then it is filed. */
function Review(props: FormProps & { answers: Answers; asked: Asked; move: (page: string) => void }) {
  const { file, service, answers, asked } = props;
  const words = wordsOf(service);
  const [failed, setFailed] = useState<unknown>();
  const [wrong, setWrong] = useState<{ page: string; text: string }[]>([]);
  const lacking = (props.files ? asked.documents : []).filter((d) => !file.attachments.some((a) => a.name.startsWith(`${d.id}: `)));
  const submit = async () => {
    setFailed(undefined);
    try {
      await props.sheet.flush();
      await props.last.send();
      props.sheet.done();
    } catch (error) {
      if (error instanceof Problem && error.body.errors?.length) setWrong(placed(error, service, words));
      else setFailed(error);
    }
  };
  return (
    <>
      <Heading lead={t("common.form.review-lead")}>{t("common.form.review")}</Heading>
      {!props.elsewhere && asked.reasons && asked.reasons.length > 0 && (
        <Notice kind="warn" title={t("common.form.not-eligible")}>
          <ul>
            {asked.reasons.map((r) => (
              <li key={r.id}>{r.text}</li>
            ))}
          </ul>
        </Notice>
      )}
      {lacking.length > 0 && (
        <Notice kind="warn" title={t("common.form.lacking")}>
          <ul>
            {lacking.map((d) => (
              <li key={d.id}>
                <PageLink page={DOCUMENTS} move={props.move}>
                  {d.text}
                </PageLink>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {wrong.length > 0 && (
        <Notice kind="bad" title={t("common.mistakes", { n: wrong.length })}>
          <ul>
            {wrong.map((w) => (
              <li key={w.page + w.text}>
                <PageLink page={w.page} move={props.move}>
                  {w.text}
                </PageLink>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Failure error={failed} />
      {asked.pages.map((p) => {
        const plan = service.pages.find((s) => s.id === p.id);
        return (
          plan && (
            <section class="card" key={p.id}>
              <h2>{p.title}</h2>
              <Shown fields={pageFields(plan, asked, answers)} form={service.form} answers={answers} words={words} />
              <PageLink page={p.id} move={props.move}>
                {t("common.form.change")} <span class="visually-hidden">{p.title}</span>
              </PageLink>
            </section>
          )
        );
      })}
      {props.files && (
        <section class="card">
          <h2>{t("common.form.documents")}</h2>
          <ul>
            {file.attachments.map((a) => (
              <li key={a.id}>
                <Typed>{a.name.replace(/^[a-z0-9-]+: /, "")}</Typed>
              </li>
            ))}
          </ul>
        </section>
      )}
      {props.extra && (
        <section class="card">
          <h2>{props.extra.title}</h2>
          <p>{props.extra.short}</p>
          {props.extra.page && (
            <PageLink page={props.extra.id} move={props.move}>
              {t("common.form.change")} <span class="visually-hidden">{props.extra.title}</span>
            </PageLink>
          )}
        </section>
      )}
      {!props.elsewhere && (
        <section class="card">
          <h2>{t("common.form.fee")}</h2>
          <Fee fee={asked.fee} />
          <p>{t("common.form.promise", { n: asked.promise_days })}</p>
        </section>
      )}
      <p>{props.last.note}</p>
      <div class="buttons">
        <Button run={submit}>{props.last.label}</Button>
      </div>
    </>
  );
}

function PageLink({ page, move, children }: { page: string; move: (p: string) => void; children: preact.ComponentChildren }) {
  return (
    <a
      href={`?page=${page}`}
      onClick={(e) => {
        e.preventDefault();
        move(page);
      }}
    >
      {children}
    </a>
  );
}

/** The node's mistakes, each on the page where its field is, in words. */
function placed(problem: Problem, service: ServiceForm, words: Record<string, string>): { page: string; text: string }[] {
  return (problem.body.errors ?? []).map((e) => {
    const pointer = e.pointer.replace(/^\/answers/, "");
    const plain = pointer.replace(/\/\d+/g, "/*");
    const page = service.pages.find((p) => p.fields.some((f) => plain === f.at || plain.startsWith(`${f.at}/`) || f.at.startsWith(`${plain}/`)));
    const field = page?.fields.find((f) => plain.startsWith(f.at)) ?? { at: plain, kind: "" };
    return { page: page?.id ?? service.pages[0]?.id ?? "", text: t("common.mistake.form", { field: labelOf(field, pointer, words) }) };
  });
}
