/** This device's mailbox on the server: fetches what waits, page by page, and puts mail into others'. */
import type { ErrorCode } from '../../../signaling/protocol/errors.ts';
import type { ClientMessage, ServerMessage } from '../../../signaling/protocol/socket.ts';
import { base64, bytesOfBase64 } from '../base64.ts';
import type { Address } from '../crypto/address.ts';
import type { Result } from '../model.ts';
import { ok } from '../result.ts';

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
  /** Collects all that waits, on a new connection; afterwards the server hands over what comes by itself. */
  collect(): void;
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
  /** Works off the items in their order; resolves to the ids of those that are stored here or good for nothing. */
  readonly onItems: (items: readonly MailItem[]) => Promise<readonly string[]>;
}

export function createMailbox({ ask, tell, onItems }: Needs): Mailbox {
  let collecting = 0;
  /** The newest item that was given on this connection. */
  let last: string | null = null;
  /** One page at a time: a message needs the keys that came before it. */
  let work: Promise<unknown> = Promise.resolve();

  function acknowledge(ids: readonly string[]): void {
    if (ids.length > 0) tell({ type: 'mail-ack', ids: [...ids] });
  }

  function workOff({ items }: Page): Promise<void> {
    const done = work.then(async () => {
      const opened = items.flatMap(({ id, from, at, body }): MailItem[] => {
        const bytes = bytesOfBase64(body);
        return bytes ? [{ id, from, at, bytes }] : [];
      });
      acknowledge(await onItems(opened));
    });
    work = done.catch(() => undefined);
    return done;
  }

  /** While one page is worked off, the next one is on its way. */
  async function collectAll(turn: number): Promise<void> {
    let worked: Promise<void> = Promise.resolve();
    for (;;) {
      const page: Result<Page> = await ask({ type: 'mail-next', after: last });
      // Without a connection there is nothing to ask; the next one begins anew.
      if (!page.ok || turn !== collecting) return;
      last = page.value.items.at(-1)?.id ?? last;
      // Pushed pages follow the last one of these, and the chain keeps them in order.
      const before = worked;
      worked = workOff(page.value);
      if (!page.value.more) return;
      await before;
    }
  }

  function start(): void {
    collecting += 1;
    // The database failed: nothing was acknowledged, and the next connection brings it again.
    collectAll(collecting).catch(() => undefined);
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
    collect() {
      last = null;
      start();
    },
    take(page) {
      last = page.items.at(-1)?.id ?? last;
      workOff(page).catch(() => undefined);
      // More came than was to be pushed: it wants to be asked for.
      if (page.more) start();
    },
    acknowledge,
  };
}
