// router.tsx - addresses and pages: a click on a link of ours changes the page without loading it anew
//
// After each change the heading has the focus, so that a screen reader says where one is.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { language } from "./words";

export interface PageProps {
  params: Record<string, string>;
  query: URLSearchParams;
}

export interface Route {
  /** Below the language: "/cases/:id". */
  path: string;
  page: ComponentType<PageProps>;
}

const changed = new Set<() => void>();
/** Asked before a page is left; a reason to stay is put to the person. */
let guard: (() => boolean) | undefined;

/** The address of a page in the reader's language. */
export function to(path: string): string {
  return `/${language}${path === "/" ? "" : path}`;
}

export function go(path: string, replace = false): void {
  if (guard && !guard()) return;
  guard = undefined;
  history[replace ? "replaceState" : "pushState"](null, "", path.startsWith(`/${language}`) ? path : to(path));
  changed.forEach((f) => f());
}

export function keepHere(f: (() => boolean) | undefined): void {
  guard = f;
}

/** The same page in another language: loaded anew, for words and direction change. */
export function inLanguage(other: string): string {
  const rest = location.pathname.split("/").slice(2).join("/");
  return `/${other}${rest ? `/${rest}` : ""}${location.search}`;
}

function match(route: Route, path: string): Record<string, string> | undefined {
  const want = route.path.split("/");
  const have = path.split("/");
  const params: Record<string, string> = {};
  if (want.length !== have.length) return undefined;
  for (let i = 0; i < want.length; i++) {
    const w = want[i] ?? "";
    const h = decodeURIComponent(have[i] ?? "");
    if (w.startsWith(":")) params[w.slice(1)] = h;
    else if (w !== h) return undefined;
  }
  return params;
}

function isOurs(event: MouseEvent, link: HTMLAnchorElement): boolean {
  return (
    !event.defaultPrevented &&
    event.button === 0 &&
    !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) &&
    !link.target &&
    !link.hasAttribute("download") &&
    link.origin === location.origin &&
    link.pathname.split("/")[1] === language &&
    partOf(link.pathname) === partOf(location.pathname)
  );
}

/** Desk and ministry are programs of their own. */
function partOf(path: string): string {
  const second = path.split("/")[2] ?? "";
  return second === "desk" || second === "ministry" ? second : "portal";
}

document.addEventListener("click", (event) => {
  const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
  if (!link || !isOurs(event, link)) return;
  if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
});
window.addEventListener("popstate", () => changed.forEach((f) => f()));

export function Router({ routes, missing: Missing }: { routes: Route[]; missing: ComponentType }) {
  const [at, setAt] = useState(location.pathname + location.search);

  useEffect(() => {
    const f = () => setAt(location.pathname + location.search);
    changed.add(f);
    return () => void changed.delete(f);
  }, []);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [at]);

  const path = `/${location.pathname.split("/").slice(2).join("/")}`.replace(/(.)\/$/, "$1");
  for (const route of routes) {
    const params = match(route, path);
    if (params) {
      const Page = route.page;
      return <Page key={path} params={params} query={new URLSearchParams(location.search)} />;
    }
  }
  return <Missing />;
}
