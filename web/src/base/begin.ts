// begin.ts - a part of the screens begins: its words first, then its pages in place of the plain one
import { loadWords } from "./words";

interface TypedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

export async function begin(part: string): Promise<Element> {
  const at = document.getElementById("screen");
  if (!at) throw new Error("no place for the screen");
  await loadWords(part);
  at.replaceChildren();
  keepOffline();
  return at;
}

/** The portal's files stay on the device, so that it opens without a line. */
function keepOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  // the one address of a script that this page ever makes itself
  const types = (window as unknown as { trustedTypes?: TypedTypes }).trustedTypes;
  const policy = types?.createPolicy("sifara", {
    createScriptURL: (url) => {
      if (url !== "/offline.js") throw new TypeError(url);
      return url;
    },
  });
  void navigator.serviceWorker.register(policy ? policy.createScriptURL("/offline.js") : "/offline.js").catch(() => undefined);
}
