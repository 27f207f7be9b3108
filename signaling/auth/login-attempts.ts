/** Logins between their start and finish: bounded in number and time, and each good for one finish. */
import { newId } from '../ids.ts';

export interface LoginAttempt {
  /** Null when no such user exists: the proof then fails like a wrong password's. */
  readonly personId: string | null;
  readonly userName: string;
  readonly state: string;
}

const LIFETIME_MS = 60_000;
const AT_MOST = 10_000;

export class LoginAttempts {
  // In the order of their making, so the oldest is the first.
  private readonly attempts = new Map<string, { readonly attempt: LoginAttempt; readonly endsAt: number }>();

  constructor(private readonly now: () => number) {}

  add(attempt: LoginAttempt): string {
    this.forgetOld();
    const id = newId();
    this.attempts.set(id, { attempt, endsAt: this.now() + LIFETIME_MS });
    return id;
  }

  /** Takes it out: a second try with the same id finds nothing. */
  takeOut(id: string): LoginAttempt | null {
    const found = this.attempts.get(id);
    this.attempts.delete(id);
    return found === undefined || found.endsAt <= this.now() ? null : found.attempt;
  }

  private forgetOld(): void {
    const now = this.now();
    for (const [id, { endsAt }] of this.attempts) {
      if (endsAt > now && this.attempts.size < AT_MOST) return;
      this.attempts.delete(id);
    }
  }
}
