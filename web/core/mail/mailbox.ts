/**
 * This device's mailbox on the server: fetches what waits, page by page, and puts mail into others'. Events (room keys,
 * above all) are taken in as the pages come, messages after them. So keys are there before what was sealed with them, and
 * all that waits of a session between two devices is opened before what comes live: the engine keeps the keys of no more
 * than 40 events of a session that were overtaken.
 */
import type { ErrorCode } from '../../../signaling/protocol/errors.ts';
import type { ClientMessage, ServerMessage } from '../../../signaling/protocol/socket.ts';
import { base64, bytesOfBase64 } from '../base64.ts';
import type { Address } from '../crypto/address.ts';
import { kindOf } from '../crypto/sealed.ts';
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
  /**
   * Collects all that waits, on a new connection; afterwards the server hands over what comes by itself. Resolves when
   * the events among it are taken in, or the server did not hand them out.
   */
  collect(): Promise<void>;
  /** Once all that waited on this connection has been taken in. */
  caughtUp(): Promise<void>;
  /** What the server hands over by itself. */
  take(page: Page): void;
  /** For items that `onMessages` kept back. */
  acknowledge(ids: readonly string[]): void;
}

interface Needs {
  readonly ask: {
    (request: { type: 'mail-next'; after: string | null }): Promise<Result<Page>>;
    (request: Omit<Sending, 'ref'>): Promise<Result<Mailed>>;
  };
  readonly tell: (message: { type: 'mail-ack'; ids: string[] }) => void;
  /** Both work off the items in their order. */
  readonly onEvents: (items: readonly MailItem[]) => Promise<Handled>;
  /** `more`: what waited goes on after these. */
  readonly onMessages: (items: readonly MailItem[], more: boolean) => Promise<Handled>;
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
/** Bytes of messages that are fetched before those that came first are worked off. */
const AHEAD_MAX = 8 * 1024 * 1024;

export function createMailbox(needs: Needs): Mailbox {
  const { ask, tell, timers, random, scope } = needs;
  let collecting = 0;
  let failures = 0;
  let cancelAgain: (() => void) | null = null;
  scope.own(() => cancelAgain?.());
  /** The newest item that was given on this connection. */
  let last: string | null = null;
  /** Counts how often all was asked for from the beginning: what was given before that is given again. */
  let round = 0;
  /** One page at a time; whether all of it could be taken in. */
  let events: Promise<boolean> = Promise.resolve(true);
  /** Two pages at a time: one is opened while the one before it is stored. */
  let messages: Promise<boolean> = Promise.resolve(true);
  let messagesBefore = messages;
  let ahead = 0;
  let isCaughtUp = false;
  let onCaughtUp: (() => void)[] = [];

  function acknowledge(ids: readonly string[]): void {
    if (ids.length > 0) tell({ type: 'mail-ack', ids: [...ids] });
  }

  async function hand(
    items: readonly MailItem[],
    given: number,
    take: (items: readonly MailItem[]) => Promise<Handled>,
  ): Promise<boolean> {
    if (items.length === 0 || given !== round) return true;
    try {
      const handled = await take(items);
      acknowledge(handled.done);
      return !handled.again;
    } catch {
      // The database failed: nothing was acknowledged, so the server still has it and gives it again.
      return false;
    }
  }

  function workOff(page: Page): Promise<void> {
    const items = page.items.flatMap(({ id, from, at, body }): MailItem[] => {
      const bytes = bytesOfBase64(body);
      return bytes ? [{ id, from, at, bytes }] : [];
    });
    const isEvent = ({ bytes }: MailItem): boolean => kindOf(bytes) === 'event';
    const letters = items.filter((item) => !isEvent(item));
    const size = letters.reduce((sum, { bytes }) => sum + bytes.length, 0);
    ahead += size;
    const given = round;
    const keyed = events.then(() => hand(items.filter(isEvent), given, needs.onEvents));
    const read = Promise.all([messagesBefore, keyed]).then(() =>
      hand(letters, given, (all) => needs.onMessages(all, page.more)),
    );
    events = keyed;
    messagesBefore = messages;
    messages = read;
    return Promise.all([keyed, messagesBefore, read]).then(([gotEvents, , gotMessages]) => {
      ahead -= size;
      if (given !== round) return;
      if (!gotEvents || !gotMessages) again();
      else failures = 0;
    });
  }

  async function collectAll(turn: number): Promise<void> {
    for (;;) {
      const page: Result<Page> = await ask({ type: 'mail-next', after: last });
      if (turn !== collecting) return;
      if (!page.ok) return again();
      last = page.value.items.at(-1)?.id ?? last;
      // Pushed pages follow the last one of these, and the chains keep them in order.
      const worked = workOff(page.value);
      if (!page.value.more) {
        void worked.then(() => {
          if (turn === collecting && !cancelAgain) tellCaughtUp();
        });
        return void (await events);
      }
      if (ahead > AHEAD_MAX) await messages;
      if (turn !== collecting) return;
    }
  }

  function tellCaughtUp(): void {
    isCaughtUp = true;
    const all = onCaughtUp;
    onCaughtUp = [];
    for (const tell of all) tell();
  }

  function start(): Promise<void> {
    collecting += 1;
    return collectAll(collecting);
  }

  function collect(): Promise<void> {
    isCaughtUp = false;
    cancelAgain?.();
    cancelAgain = null;
    last = null;
    round += 1;
    return start();
  }

  /** All that waits, after a while: the server gives it by itself only to a device that has what came before. */
  function again(): void {
    if (cancelAgain || scope.ended) return;
    failures += 1;
    cancelAgain = timers.after(backOffDelay(AGAIN, failures, random.fraction()), () => void collect());
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
      if (page.more) void start();
    },
    acknowledge,
  };
}
