/** A device's side of its mailbox: asks until it has all, keeps what it was given, acknowledges when told to. */
import type { ServerMessage } from '../../../signaling/protocol/socket.ts';
import type { TestSocket } from './person.ts';

export type MailPage = Extract<ServerMessage, { type: 'mail-page' }>;
export type MailItem = MailPage['items'][number];
type Address = MailItem['from'];

let refs = 0;
let mails = 0;
export const newMailId = (): string => `mail-${++mails}-test`;

/** Answers who was refused. */
export async function deposit(
  socket: TestSocket,
  to: readonly Address[],
  bodies: readonly string[],
  id = newMailId(),
) {
  const ref = ++refs;
  const parcels = bodies.map((body) => ({ to: [...to], body: btoa(body) }));
  socket.send({ type: 'mail', ref, id, parcels });
  return (await socket.next('mailed', (message) => message.ref === ref)).refused;
}

export async function page(socket: TestSocket, after: string | null): Promise<MailPage> {
  const ref = ++refs;
  socket.send({ type: 'mail-next', ref, after });
  return socket.next('mail-page', (message) => message.ref === ref);
}

/** Everything that waits, and from then on what comes. */
export async function all(socket: TestSocket): Promise<MailItem[]> {
  const items: MailItem[] = [];
  for (;;) {
    const next = await page(socket, items.at(-1)?.id ?? null);
    items.push(...next.items);
    if (!next.more) return items;
  }
}

/** What comes unasked. */
export const pushed = (socket: TestSocket): Promise<MailPage> =>
  socket.next('mail-page', ({ ref }) => ref === undefined);

export const acknowledge = (socket: TestSocket, items: readonly MailItem[]): void =>
  socket.send({ type: 'mail-ack', ids: items.map(({ id }) => id) });

export const text = ({ body }: { body: string }): string => atob(body);
