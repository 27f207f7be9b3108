/** Messages that came before their keys: kept until those come, which they do by another way or when asked for. */
import type { Report } from '../platform.ts';
import type { Address } from './address.ts';

export interface Unopened {
  readonly from: Address;
  readonly bytes: Uint8Array;
  /** In the mailbox, where it stays until it has been opened; null if it came by another way. */
  readonly mailId: string | null;
  /** When the server took it in, ms since 1970; null if it came by another way. */
  readonly at: number | null;
}

/** Beyond this the oldest go: what is in the mailbox comes again, what is not is sent again. */
const MAX = 2_000;

export interface Backlog {
  add(unopened: Unopened): void;
  /** Keys came: tries all again, in order. */
  retry(): void;
}

/** `open` resolves to whether it need not be kept any longer. `onChange` is told all that are kept. */
export function createBacklog(
  open: (unopened: Unopened) => Promise<boolean>,
  onChange: (kept: readonly Unopened[]) => void,
  report: Report,
): Backlog {
  let kept: Unopened[] = [];
  let working: Promise<unknown> = Promise.resolve();

  async function tryAll(): Promise<void> {
    const trying = kept;
    kept = [];
    const still = await Promise.all(
      trying.map(async (unopened) => ((await open(unopened)) ? [] : [unopened])),
    );
    kept = [...still.flat(), ...kept].slice(-MAX);
    onChange(kept);
  }

  return {
    add(unopened) {
      kept = [...kept.slice(1 - MAX), unopened];
      onChange(kept);
    },
    retry() {
      working = working.then(tryAll, tryAll);
      working.catch((error: unknown) => report('opening what waited for its key', error));
    },
  };
}
