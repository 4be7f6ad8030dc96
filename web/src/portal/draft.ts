// draft.ts - answers on their way to the node: saved as one types, kept on this device until the node has them
//
// What the node has not confirmed lies in the browser's store under the case's id, so that a lost line, an ended
// session or a closed page loses nothing. It is taken away as soon as the node has it.
import { Problem, put, Unreached } from "../base/api";
import type { Sheet } from "../base/form";
import type { Answers } from "../base/model";

const WAIT_MS = 800;
const RETRY_MS = 5000;
const key = (id: string) => `sifara.draft.${id}`;

export type Saved = "saved" | "saving" | "kept" | "signed-out";

export class Draft implements Sheet {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending = false;
  private dirty = false;

  constructor(
    readonly id: string,
    public answers: Answers,
    private readonly tell: (s: Saved) => void,
  ) {
    const kept = localStorage.getItem(key(id));
    if (kept) {
      this.answers = JSON.parse(kept) as Answers;
      this.dirty = true;
      this.soon(0);
    }
  }

  change(answers: Answers): void {
    this.answers = answers;
    this.dirty = true;
    localStorage.setItem(key(this.id), JSON.stringify(answers));
    this.tell("saving");
    this.soon(WAIT_MS);
  }

  private soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush().catch(() => undefined), ms);
  }

  /** Sends what is not sent. Throws what the node says to answers that it cannot take. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.dirty || this.sending) return;
    this.sending = true;
    const sent = this.answers;
    try {
      await put(`/v1/cases/${this.id}/answers`, { answers: sent });
      this.dirty = this.answers !== sent;
      if (!this.dirty) localStorage.removeItem(key(this.id));
      this.tell(this.dirty ? "saving" : "saved");
    } catch (error) {
      if (error instanceof Unreached) {
        this.tell("kept");
        this.soon(RETRY_MS);
      } else if (error instanceof Problem && error.status === 401) {
        this.tell("signed-out");
      } else {
        throw error;
      }
    } finally {
      this.sending = false;
    }
    if (this.dirty && this.answers !== sent) this.soon(WAIT_MS);
  }

  /** After it was filed or withdrawn nothing of it stays here. */
  done(): void {
    clearTimeout(this.timer);
    localStorage.removeItem(key(this.id));
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** At sign-out: the device keeps nothing. */
export function forgetDrafts(): void {
  for (const name of Object.keys(localStorage)) if (name.startsWith("sifara.draft.")) localStorage.removeItem(name);
}
