// ui.tsx - what all pages are made of: headings, notices, lists, tables, buttons; native elements first
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Problem, Unreached, type Clause } from "./api";
import { day, hijriDay, language, languageName, languages, moment, stateName, t } from "./words";
import { inLanguage, to } from "./router";

/** The title of the page: it takes the focus when the page is new. */
export function Heading({ children, lead }: { children: string; lead?: ComponentChildren }) {
  const h1 = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · ${stateName}`;
    if (document.body.dataset["ready"]) h1.current?.focus();
    document.body.dataset["ready"] = "yes";
  }, [children]);
  return (
    <header class="heading">
      <h1 ref={h1} tabIndex={-1}>
        {children}
      </h1>
      {lead && <p class="lead">{lead}</p>}
    </header>
  );
}

export function Languages() {
  return (
    <nav class="languages" aria-label={t("common.language")}>
      {languages.map((l) => (
        <a key={l} href={inLanguage(l)} lang={l} hreflang={l} aria-current={l === language ? "true" : undefined}>
          {languageName(l)}
        </a>
      ))}
    </nav>
  );
}

export interface NavItem {
  href: string;
  label: string;
  badge?: number;
}

/** The frame of every page: who runs it, where one can go, in which language. */
export function Frame(props: { title: string; nav: NavItem[]; who?: ComponentChildren; children: ComponentChildren; wide?: boolean }) {
  const here = location.pathname;
  const parts = useRef<HTMLElement>(null);
  // on a phone the parts are one line that moves sideways: the present one is in sight
  useEffect(() => parts.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [here, props.nav.length]);
  return (
    <>
      <a class="skip" href="#main">
        {t("common.skip")}
      </a>
      <header class="masthead">
        <a class="brand" href={props.nav[0]?.href ?? to("/")}>
          <span class="state">{stateName}</span>
          <span class="part">{props.title}</span>
        </a>
        <nav class="parts" aria-label={t("common.pages")} ref={parts}>
          <ul>
            {props.nav.map((n) => (
              <li key={n.href}>
                <a href={n.href} aria-current={here === n.href ? "page" : undefined}>
                  {n.label}
                  {n.badge ? <span class="badge">{n.badge}</span> : null}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="who">
          {props.who}
          <Languages />
        </div>
      </header>
      <main id="main" class={props.wide ? "wide" : undefined} tabIndex={-1}>
        {props.children}
      </main>
      <footer class="foot">
        <p>
          {t("common.run-by", { state: stateName })} · <a href={to("/verify")}>{t("common.verify")}</a>
        </p>
      </footer>
    </>
  );
}

export function Notice({ kind = "info", title, children }: { kind?: "info" | "good" | "warn" | "bad"; title?: string; children?: ComponentChildren }) {
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      {title && <p class="title">{title}</p>}
      {children}
    </div>
  );
}

export function Tag({ kind = "", children }: { kind?: string; children: ComponentChildren }) {
  return <span class={`tag ${kind}`}>{children}</span>;
}

/** A day in both calendars where the reader may want both. */
export function Day({ on, both = language === "ar" }: { on: string; both?: boolean }) {
  return (
    <time dateTime={on}>
      {day(on)}
      {both && <span class="hijri"> ({hijriDay(on.slice(0, 10))})</span>}
    </time>
  );
}

export function Moment({ at }: { at: string }) {
  return <time dateTime={at}>{moment(at)}</time>;
}

/** Text that somebody typed: whatever direction marks it has stay inside. */
export function Typed({ children }: { children: string | undefined }) {
  return <bdi>{(children ?? "").replace(/[\u202A-\u202E\u2066-\u2069]/g, "")}</bdi>;
}

export type Pair = [label: string, value: ComponentChildren];

export function Pairs({ list }: { list: (Pair | false | undefined | null | "")[] }) {
  return (
    <dl class="pairs">
      {list.map(
        (p) =>
          p && (
            <div key={p[0]}>
              <dt>{p[0]}</dt>
              <dd>{p[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export type ButtonProps = Omit<JSX.IntrinsicElements["button"], "onClick"> & {
  kind?: "main" | "quiet" | "danger";
  /** Once at a time: while it runs a second click does nothing. */
  run?: () => Promise<unknown> | void;
};

export function Button({ kind = "main", run, children, ...rest }: ButtonProps) {
  const [busy, setBusy] = useState(false);
  const click = run
    ? async () => {
        if (busy) return;
        setBusy(true);
        try {
          await run();
        } finally {
          setBusy(false);
        }
      }
    : undefined;
  return (
    <button type={run ? "button" : "submit"} {...rest} class={`button ${kind}`} aria-busy={busy} {...(click ? { onClick: click } : {})}>
      {children}
    </button>
  );
}

/** Why the policy said no: the clauses, in the words of the policy. */
export function Reasons({ by }: { by: Clause[] }) {
  return (
    <ul class="reasons">
      {by.map((c) => (
        <li key={c.id}>
          {c.reason ?? c.title}
          {c.basis && <small> {c.basis}</small>}
        </li>
      ))}
    </ul>
  );
}

/** What the node found, one by one, as it says it. */
function Found({ errors }: { errors: { pointer: string; detail: string }[] }) {
  return (
    <details>
      <summary>{t("common.found", { n: errors.length })}</summary>
      <ul lang="en" dir="ltr">
        {errors.map((e) => (
          <li key={e.pointer + e.detail}>
            <bdi>{e.detail}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}

/* Beside these words the node's own sentence, in English, says where. */
const SAYS_WHERE = new Set(["malformed-text", "syntax", "invalid", "schema", "range", "limit", "coverage", "bad-signature", "bad-proof", "untrusted", "unsigned", "precondition"]);

/** What went wrong, in words that tell what to do; for officers with all that the node found. */
export function Failure({ error, found = false }: { error: unknown; found?: boolean }) {
  if (!error) return null;
  if (error instanceof Unreached) return <Notice kind="warn" title={t("common.unreached")} />;
  if (!(error instanceof Problem)) return <Notice kind="bad" title={t("common.failed")} />;
  if (error.status === 401 && error.slug !== "bad-code")
    return (
      <Notice kind="warn" title={t("common.signed-out")}>
        <a href={`${to("/sign-in")}?to=${encodeURIComponent(location.pathname + location.search)}`}>{t("common.sign-in")}</a>
      </Notice>
    );
  const decision = error.body.decision;
  const by = decision?.by?.length ? decision.by : decision?.near;
  const slug = error.status === 500 ? "internal" : error.slug;
  const key = `common.problem.${slug}`;
  const words = t(key);
  const unknown = words === key; // what stands before the node and answers in its place
  return (
    <Notice kind="bad" title={unknown ? error.body.title : words}>
      {by?.length ? (
        <Reasons by={by} />
      ) : (unknown || SAYS_WHERE.has(slug)) && error.body.detail ? (
        <p lang="en" dir="ltr">
          {error.body.detail}
        </p>
      ) : null}
      {found && error.body.errors?.length ? <Found errors={error.body.errors} /> : null}
    </Notice>
  );
}

export interface Loaded<T> {
  data?: T;
  error?: unknown;
  again: () => void;
}

/** Loads when what it depends on changes; an older answer never replaces a newer one. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, on: unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown }>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    const control = new AbortController();
    load(control.signal).then(
      (data) => !control.signal.aborted && setState({ data }),
      (error) => !control.signal.aborted && setState({ error }),
    );
    return () => control.abort();
  }, [...on, round]);
  return { ...state, again: () => setRound((n) => n + 1) };
}

/** Shows what was loaded, or that it is on its way, or why it is not there. */
export function Load<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.error) return <Failure error={of.error} />;
  if (of.data === undefined) return <p class="loading" role="status">{t("common.loading")}</p>;
  return <>{children(of.data)}</>;
}

export interface Column<T> {
  label: string;
  cell: (row: T) => ComponentChildren;
  /** For the file that spreadsheets read. */
  text?: (row: T) => string | number;
  end?: boolean;
}

/** A table that can be taken away as CSV where its columns say how (RFC 4180). On a phone each row of a broad one is a block
 * of its own; the roles say to who does not see it that it is a table still. */
export function Table<T>({ caption, columns, rows, name, empty }: { caption: string; columns: Column<T>[]; rows: T[]; name?: string; empty?: string }) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label={caption}>
      <table role="table" class={columns.length > 3 ? "stack" : undefined}>
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((c) => (
              <th role="columnheader" key={c.label} scope="col" class={c.end ? "end" : undefined}>
                {c.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row, i) => (
            <tr role="row" key={i}>
              {columns.map((c) => (
                <td role="cell" key={c.label} class={c.end ? "end" : undefined} data-label={c.label}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!rows.length && <p class="empty">{empty ?? t("common.nothing")}</p>}
      {name && rows.length > 0 && (
        <Button kind="quiet" run={() => download(csv(columns, rows), `${name}.csv`, "text/csv;charset=utf-8")}>
          {t("common.csv")}
        </Button>
      )}
    </div>
  );
}

/** A cell that begins like a formula is one for a spreadsheet: it gets an apostrophe. */
export function csv<T>(columns: Column<T>[], rows: T[]): string {
  const used = columns.filter((c) => c.text);
  const cell = (v: string | number) => {
    const s = String(v);
    return `"${(typeof v === "string" && /^[=+\-@\t\r]/.test(s) ? `'${s}` : s).replaceAll('"', '""')}"`;
  };
  const lines = [used.map((c) => cell(c.label)), ...rows.map((r) => used.map((c) => cell(c.text!(r))))];
  return `\uFEFF${lines.map((l) => l.join(",")).join("\r\n")}\r\n`;
}

/** The page as it is, on paper. */
export function Print({ quiet }: { quiet?: boolean }) {
  return (
    <Button kind={quiet ? "quiet" : "main"} run={() => window.print()}>
      {t("common.print")}
    </Button>
  );
}

export function download(text: string | Blob, name: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(text instanceof Blob ? text : new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A label with its field, help and mistake, tied together for those who do not see them. */
export function Field({ label, help, error, id, children }: { label: string; help?: string | undefined; error?: string | undefined; id?: string; children: (a: { id: string; "aria-describedby"?: string; "aria-invalid"?: "true" }) => ComponentChildren }) {
  const own = useId();
  const name = id ?? own;
  const described = [help && `${name}-help`, error && `${name}-error`].filter(Boolean).join(" ");
  return (
    <div class={`field${error ? " wrong" : ""}`}>
      <label for={name}>{label}</label>
      {help && (
        <p class="help" id={`${name}-help`}>
          {help}
        </p>
      )}
      {error && (
        <p class="mistake" id={`${name}-error`}>
          {error}
        </p>
      )}
      {children({ id: name, ...(described ? { "aria-describedby": described } : {}), ...(error ? { "aria-invalid": "true" as const } : {}) })}
    </div>
  );
}

export interface Mistake {
  /** id of the field it leads to */
  field: string;
  text: string;
}

/** All mistakes of a page at its top, each a link to its field; it takes the focus when it comes. */
export function Mistakes({ list }: { list: Mistake[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (list.length) box.current?.focus();
  }, [list]);
  if (!list.length) return null;
  return (
    <div class="notice bad mistakes" role="alert" tabIndex={-1} ref={box}>
      <p class="title">{t("common.mistakes", { n: list.length })}</p>
      <ul>
        {list.map((m) => (
          <li key={m.field}>
            <a
              href={`#${m.field}`}
              onClick={(e) => {
                e.preventDefault();
                document.getElementById(m.field)?.focus();
              }}
            >
              {m.text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
