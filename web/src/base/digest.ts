// digest.ts - SHA-256 in hexadecimal, as statements and proofs name it
export async function sha256(what: string | ArrayBuffer): Promise<string> {
  const bytes = typeof what === "string" ? new TextEncoder().encode(what) : what;
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");
}
