/** Stands between pages and the real server, and keeps everything that goes through: requests, answers, socket frames. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

interface Wire {
  /** For instance `frame 12 to the page`. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Wiretap {
  readonly url: string;
  readonly heard: readonly Wire[];
  close(): Promise<void>;
}

export async function startWiretap(target: string): Promise<Wiretap> {
  const heard: Wire[] = [];
  const keep = (name: string, bytes: Buffer): void => void heard.push({ name, bytes });

  async function pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = asked.url ?? '';
    const name = `${asked.method} ${path}`;
    const body = await bytesOf(asked);
    keep(`head of ${name}`, Buffer.from(`${path}\n${asked.rawHeaders.join('\n')}`));
    keep(`body of ${name}`, body);
    // Uncompressed, so that what is said can be read.
    const { 'accept-encoding': _, ...headers } = asked.headers;
    const onwards = request(new URL(path, target), { method: asked.method ?? 'GET', headers });
    onwards.end(body);
    const [answered] = (await once(onwards, 'response')) as [IncomingMessage];
    const answerBody = await bytesOf(answered);
    keep(`head of the answer to ${name}`, Buffer.from(answered.rawHeaders.join('\n')));
    // All else is the page itself, the same for everybody.
    if (path.startsWith('/api/')) keep(`answer to ${name}`, answerBody);
    answer.writeHead(answered.statusCode ?? 502, answered.headers).end(answerBody);
  }

  function join(page: WebSocket, { url = '', headers }: IncomingMessage): void {
    const { host, origin, cookie } = headers;
    const server = new WebSocket(new URL(url, target.replace('http', 'ws')), {
      headers: { host, ...(origin && { origin }), ...(cookie && { cookie }) },
      perMessageDeflate: false,
    });
    const opened = once(server, 'open');
    carry(page, server, 'to the server', opened);
    carry(server, page, 'to the page', opened);
  }

  function carry(from: WebSocket, to: WebSocket, where: string, opened: Promise<unknown>): void {
    from.on('message', (data: RawData, isBinary) => {
      const bytes = bytesIn(data);
      keep(`frame ${heard.length} ${where}`, bytes);
      opened.then(
        () => to.send(bytes, { binary: isBinary }),
        () => from.terminate(),
      );
    });
    from.on('close', (code) => {
      if (code >= 3000 || code === 1000) to.close(code);
      else to.terminate();
    });
    // What is to be known of it comes with `close`.
    from.on('error', () => undefined);
  }

  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer((asked, answer) => {
    pass(asked, answer).catch(() => answer.destroy());
  });
  server.on('upgrade', (asked, socket, head) =>
    sockets.handleUpgrade(asked, socket, head, (page) => join(page, asked)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    heard,
    async close() {
      for (const page of sockets.clients) page.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function bytesIn(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
