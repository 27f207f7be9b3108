/** One device of a mail run: puts mail in as fast as it is answered, or takes out all that waits. */
import { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '../../../signaling/protocol/socket.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../../signaling/protocol/version.ts';
import type { Page } from '../load/clients.ts';

/** Unanswered at a time; a page with an outbox to empty does the same. */
const WINDOW = 4;
/** Below what the server allows one socket. */
const AT_FIRST = 200;
const PER_SECOND = 50;

export class Mailer {
  private listen: (message: ServerMessage) => void = () => {};

  private constructor(
    private readonly socket: WebSocket,
    private readonly page: Page,
  ) {}

  static open(url: string, page: Page): Promise<Mailer> {
    const address = `${url.replace('http', 'ws')}${SOCKET_PATH}?v=${PROTOCOL_VERSION}`;
    const socket = new WebSocket(address, {
      headers: { cookie: page.cookie, origin: url },
      perMessageDeflate: false,
    });
    const mailer = new Mailer(socket, page);
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as ServerMessage;
        if (message.type === 'ping') mailer.send({ type: 'pong' });
        else if (message.type === 'welcome') resolve(mailer);
        else mailer.listen(message);
      });
    });
  }

  /** Answers how many items were durable by then. */
  depositUntil(end: number, to: Page, body: string): Promise<number> {
    const recipient = { userId: to.userId, deviceId: to.deviceId };
    const started = performance.now();
    let [sent, answered] = [0, 0];
    return new Promise((resolve, reject) => {
      const fill = () => {
        const allowed = AT_FIRST + ((performance.now() - started) / 1000) * PER_SECOND;
        while (sent - answered < WINDOW && sent < allowed) {
          const id = `mail-${this.page.deviceId}-${++sent}`;
          this.send({ type: 'mail', ref: sent, id, parcels: [{ to: [recipient], body }] });
        }
      };
      const timer = setInterval(() => {
        fill();
        if (performance.now() < end) return;
        clearInterval(timer);
        resolve(answered);
      }, 20);
      this.listen = (message) => {
        if (message.type === 'error' || (message.type === 'mailed' && message.refused.length > 0))
          reject(new Error(JSON.stringify(message)));
        if (message.type !== 'mailed') return;
        answered++;
        if (performance.now() < end) fill();
      };
      fill();
    });
  }

  /** Takes out all that waits, until the last acknowledgement is durable. */
  async empty(): Promise<{ items: number; seconds: number }> {
    const started = performance.now();
    let [items, after]: [number, string | null] = [0, null];
    for (let ref = 1; ; ref++) {
      const answer: ServerMessage = await this.ask({ type: 'mail-next', ref, after });
      if (answer.type !== 'mail-page') throw new Error(JSON.stringify(answer));
      const ids = answer.items.map(({ id }) => id);
      if (ids.length > 0) this.send({ type: 'mail-ack', ids });
      items += ids.length;
      after = ids.at(-1) ?? after;
      if (!answer.more) break;
    }
    // For nobody, and done after all that came before it.
    const nobody = { userId: this.page.userId, deviceId: 'A'.repeat(22) };
    await this.ask({
      type: 'mail',
      ref: 0,
      id: 'mail-at-the-end',
      parcels: [{ to: [nobody], body: 'AAAA' }],
    });
    return { items, seconds: (performance.now() - started) / 1000 };
  }

  close(): void {
    this.socket.removeAllListeners('error');
    this.socket.on('error', () => {});
    this.socket.close();
  }

  private ask(message: ClientMessage): Promise<ServerMessage> {
    return new Promise((resolve) => {
      this.listen = resolve;
      this.send(message);
    });
  }

  private send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }
}
