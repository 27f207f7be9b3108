/** This device's mailbox on the server: fetches what waits, page by page, and puts mail into others'. */
import type { ErrorCode } from '../../../signaling/protocol/errors.ts';
import type { ClientMessage, ServerMessage } from '../../../signaling/protocol/socket.ts';
import { base64, bytesOfBase64 } from '../base64.ts';
import type { Address } from '../crypto/address.ts';
import { backOffDelay } from '../back-off.ts';
import type { Result } from '../model.ts';
import type { Random, Timers } from '../platform.ts';
import { ok } from '../result.ts';
import type { Scope } from '../scope.ts';

type Page = Extract<ServerMessage, { type: 'mail-page' }>;
type Sending = Extract<ClientMessage, { type: 'mail' }>;
type Mailed = Extract<ServerMessage, { type: 'mailed' }>;

export interface MailItem {
  readonly id: string;
  readonly from: Address;
  /** When the server took it in, ms since 1970. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

interface Parcel {
  readonly to: readonly Address[];
  readonly bytes: Uint8Array;
}

/** A device whose mailbox did not take it. */
interface Refused {
  readonly to: Address;
  readonly code: ErrorCode;
}

export interface Mailbox {
  /** Once it resolves well, it is durable in the mailboxes of all devices but those refused. */
  send(id: string, parcels: readonly Parcel[]): Promise<Result<readonly Refused[]>>;
  /** There is a new connection: what waits there is not known yet. */
  connected(): void;
  /** Collects all that waits, on a new connection; afterwards the server hands over what comes by itself. */
  collect(): void;
  /** Once all that waited on this connection has been taken in. */
  caughtUp(): Promise<void>;
  /** What the server hands over by itself. */
  take(page: Page): void;
  /** For items that `onItems` kept back. */
  acknowledge(ids: readonly string[]): void;
}

interface Needs {
  readonly ask: {
    (request: { type: 'mail-next'; after: string | null }): Promise<Result<Page>>;
    (request: Omit<Sending, 'ref'>): Promise<Result<Mailed>>;
  };
  readonly tell: (message: { type: 'mail-ack'; ids: string[] }) => void;
  /** Works off the items in their order. */
  readonly onItems: (items: readonly MailItem[]) => Promise<Handled>;
  readonly timers: Timers;
  readonly random: Pick<Random, 'fraction'>;
  readonly scope: Scope;
}

export interface Handled {
  /** Those that are stored here or good for nothing. */
  readonly done: readonly string[];
  /** Some could not be taken in now, and should be given again. */
  readonly again: boolean;
}

/** The server could not read the mailbox, or this device could not take in what it was given. */
const AGAIN = { first: 2_000, max: 60_000 };

export function createMailbox({ ask, tell, onItems, timers, random, scope }: Needs): Mailbox {
  let collecting = 0;
  let failures = 0;
  let cancelAgain: (() => void) | null = null;
  scope.own(() => cancelAgain?.());
  /** The newest item that was given on this connection. */
  let last: string | null = null;
  let isCaughtUp = false;
  let onCaughtUp: (() => void)[] = [];
  /** One page at a time: a message needs the keys that came before it. */
  let work: Promise<void> = Promise.resolve();

  function acknowledge(ids: readonly string[]): void {
    if (ids.length > 0) tell({ type: 'mail-ack', ids: [...ids] });
  }

  function workOff({ items }: Page): Promise<void> {
    const takeIn = async (): Promise<void> => {
      const opened = items.flatMap(({ id, from, at, body }): MailItem[] => {
        const bytes = bytesOfBase64(body);
        return bytes ? [{ id, from, at, bytes }] : [];
      });
      const handled = await onItems(opened);
      acknowledge(handled.done);
      if (handled.again) again();
      else failures = 0;
    };
    // The database failed: nothing was acknowledged.
    work = work.then(takeIn).catch(again);
    return work;
  }

  /** While one page is worked off, the next one is on its way. */
  async function collectAll(turn: number): Promise<void> {
    let worked: Promise<void> = Promise.resolve();
    for (;;) {
      const page: Result<Page> = await ask({ type: 'mail-next', after: last });
      if (turn !== collecting) return;
      if (!page.ok) return again();
      last = page.value.items.at(-1)?.id ?? last;
      // Pushed pages follow the last one of these, and the chain keeps them in order.
      const before = worked;
      worked = workOff(page.value);
      if (!page.value.more) {
        await worked;
        if (turn === collecting && !cancelAgain) tellCaughtUp();
        return;
      }
      await before;
    }
  }

  function start(): void {
    collecting += 1;
    void collectAll(collecting);
  }

  function tellCaughtUp(): void {
    isCaughtUp = true;
    const all = onCaughtUp;
    onCaughtUp = [];
    for (const tell of all) tell();
  }

  function collect(): void {
    isCaughtUp = false;
    cancelAgain?.();
    cancelAgain = null;
    last = null;
    start();
  }

  /** All that waits, after a while: the server gives it by itself only to a device that has what came before. */
  function again(): void {
    if (cancelAgain || scope.ended) return;
    failures += 1;
    cancelAgain = timers.after(backOffDelay(AGAIN, failures, random.fraction()), collect);
  }

  return {
    async send(id, parcels) {
      const answer = await ask({
        type: 'mail',
        id,
        parcels: parcels.map(({ to, bytes }) => ({
          to: to.map((each) => ({ ...each })),
          body: base64(bytes),
        })),
      });
      return answer.ok ? ok(answer.value.refused) : answer;
    },
    connected: () => void (isCaughtUp = false),
    collect,
    caughtUp: () => (isCaughtUp ? Promise.resolve() : new Promise((resolve) => onCaughtUp.push(resolve))),
    take(page) {
      last = page.items.at(-1)?.id ?? last;
      void workOff(page);
      // More came than was to be pushed: it wants to be asked for.
      if (page.more) start();
    },
    acknowledge,
  };
}
