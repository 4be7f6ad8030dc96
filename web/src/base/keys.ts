// keys.ts - single keys that do something on a page, outside of its fields
import { useLayoutEffect } from "preact/hooks";

/** press says whether the key did something. Bound together with what is shown: a key that follows at once acts on what
 * stands there now, not on what stood there before. */
export function useKeys(press: (key: string) => boolean, except = "input, select, textarea"): void {
  useLayoutEffect(() => {
    const key = (e: KeyboardEvent) => {
      if ((e.target as Element).closest(except) || e.ctrlKey || e.metaKey || e.altKey) return;
      if (press(e.key)) e.preventDefault();
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  });
}
