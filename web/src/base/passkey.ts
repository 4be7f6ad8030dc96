// passkey.ts - a passkey (WebAuthn): made, for signing in, for signing a statement
//
// What a passkey signs goes to the node as one run of bytes; src/crypto/passkey.h says in which form.

import type { Challenge, SignedIn } from "./answers";
import { post } from "./api";

const encoder = new TextEncoder();

export function toBase64url(bytes: ArrayBuffer | Uint8Array): string {
  const list = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return btoa(String.fromCharCode(...list))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

function withLength(bytes: ArrayBuffer): number[] {
  return [bytes.byteLength >> 8, bytes.byteLength & 255, ...new Uint8Array(bytes)];
}

function packed(made: PublicKeyCredential): string {
  const r = made.response as AuthenticatorAssertionResponse;
  return toBase64url(
    Uint8Array.from([1, ...withLength(made.rawId), ...withLength(r.authenticatorData), ...withLength(r.clientDataJSON), ...withLength(r.signature)]),
  );
}

interface Asking {
  /** Offered among what the browser fills into a field, until somebody chooses it. */
  offered?: AbortSignal;
}

/** Asks whoever has the passkey to confirm; the challenge is 32 bytes in base64url. */
export async function assertion(challenge: string, rp: string, { offered }: Asking = {}): Promise<string> {
  const made = (await navigator.credentials.get({
    publicKey: { challenge: fromBase64url(challenge), rpId: rp, userVerification: "required", timeout: 120_000 },
    ...(offered ? { mediation: "conditional", signal: offered } : {}),
  })) as PublicKeyCredential | null;
  if (!made) throw new DOMException("", "NotAllowedError");
  return packed(made);
}

/** Opens a session with a passkey. */
export async function enter(asking: Asking = {}): Promise<SignedIn> {
  const { challenge, rp } = await post<Challenge>("/v1/session/challenges");
  return post<SignedIn>("/v1/sessions/passkey", { assertion: await assertion(challenge, rp, asking) });
}

/** Can the browser offer passkeys in a field? */
export async function offers(): Promise<boolean> {
  return (await globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.()) ?? false;
}

/** Signs a statement: the challenge is its digest. */
export async function signed(statement: string, rp = location.hostname): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(statement));
  return assertion(toBase64url(digest), rp);
}

/** Is the assertion over this statement? What the device said it signed is in it, before the signature. */
export async function isOver(value: string, statement: string): Promise<boolean> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(statement));
  try {
    const bytes = fromBase64url(value);
    const view = new DataView(bytes.buffer);
    let at = 1;
    for (let skip = 0; skip < 2; skip++) at += 2 + view.getUint16(at);
    const client = JSON.parse(new TextDecoder().decode(bytes.subarray(at + 2, at + 2 + view.getUint16(at)))) as { challenge: string };
    return client.challenge === toBase64url(digest);
  } catch {
    return false;
  }
}

export interface Made {
  client_data: string;
  auth_data: string;
  /** What has to be signed for an officer's, with an older one or the key file. */
  statement: string;
}

/** A new passkey for an officer or a person, kept by the device or a security key. */
export async function make(owner: string, name: string, challenge: string, rp: string): Promise<Made> {
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: fromBase64url(challenge),
      rp: { id: rp, name: document.documentElement.dataset["state"] ?? rp },
      user: { id: encoder.encode(owner), name, displayName: name },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
      timeout: 120_000,
    },
  })) as PublicKeyCredential | null;
  if (!made) throw new DOMException("", "NotAllowedError");
  const r = made.response as AuthenticatorAttestationResponse;
  const auth = r.getAuthenticatorData();
  const hex = [...new Uint8Array(await crypto.subtle.digest("SHA-256", auth))].map((b) => b.toString(16).padStart(2, "0")).join("");
  return {
    client_data: toBase64url(r.clientDataJSON),
    auth_data: toBase64url(auth),
    statement: JSON.stringify({ officer: owner, passkey: hex }),
  };
}

/** PKCS #8 of an Ed25519 key (RFC 8410, section 7), up to the 32 bytes of the key. */
const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/** Signs with the key file that the ministry handed out: for an officer's first passkey. The file is read here
 * and goes nowhere. */
export async function signedWithFile(file: File, statement: string): Promise<string> {
  const { secret } = JSON.parse(await file.text()) as { secret: string };
  const seed = fromBase64url(secret);
  if (seed.length !== 32) throw new TypeError("no officer's key");
  const key = await crypto.subtle.importKey("pkcs8", Uint8Array.from([...PKCS8, ...seed]), "Ed25519", false, ["sign"]);
  return toBase64url(await crypto.subtle.sign("Ed25519", key, encoder.encode(statement)));
}
