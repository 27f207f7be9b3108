/** One TLS port for a page, its WebSocket and TURN. */
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import type { Server } from 'node:https';
import { type AddressInfo, connect as plainConnect } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { TurnServer } from '../../../turn/server/start.ts';
import { openBridge, takeFrom } from '../../../turn/transport/bridge.ts';
import { LiveClient, openPeer } from './lib/client.ts';
import { certificate, PEER_HOST, startOurs } from './lib/servers.ts';

let turn: TurnServer;
let page: Server;
let port: number;

beforeAll(async () => {
  turn = await startOurs();
  page = createServer(await certificate(), (incoming, response) => {
    incoming.resume().on('end', () => response.end(`page ${incoming.method}`));
  });
  const sockets = new WebSocketServer({ server: page });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data as Buffer)));
  turn.sharePort(page);
  page.listen(0, '127.0.0.1');
  await once(page, 'listening');
  port = (page.address() as AddressInfo).port;
});
afterAll(async () => {
  page.closeAllConnections();
  page.close();
  await turn.close();
});

function get(method: string, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', method, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text));
    });
    outgoing.on('error', reject).end(body);
  });
}

test('the page is served, with a body as large as it likes', async () => {
  expect(await get('GET')).toBe('page GET');
  expect(await get('POST', 'x'.repeat(1_000_000))).toBe('page POST');
});

test('WebSockets open and echo', async () => {
  const socket = new WebSocket(`wss://127.0.0.1:${port}`, { rejectUnauthorized: false });
  await once(socket, 'open');
  socket.send('hello');
  const [data] = (await once(socket, 'message')) as [Buffer];
  expect(data.toString()).toBe('hello');
  socket.terminate();
});

test('TURN relays, in large amounts both ways', async () => {
  const [ann, echo] = [await LiveClient.stream(port, true), await openPeer(PEER_HOST, true)];
  await ann.allocate();
  await ann.bind(0x4000, echo.where);
  for (let i = 0; i < 500; i++) {
    ann.sendChannel(0x4000, Buffer.alloc(1200, i & 255));
    if (i % 20 === 19) await ann.untilData(i - 19);
  }
  expect(await ann.untilData(500)).toBe(true);
  ann.close();
  echo.close();
  await expect.poll(() => turn.allocations).toBe(0);
});

test('the way from the page to the relay leaves no file, and takes nobody without its key', async () => {
  const { bridge, remove } = openBridge();
  // A name in Linux's abstract space: it ends with the process, however that ends.
  expect(bridge.path.startsWith('\0')).toBe(process.platform === 'linux');
  const accepted: string[] = [];
  const server = await takeFrom(bridge, (socket, { client }) => {
    accepted.push(client);
    socket.end();
  });
  const ends = JSON.stringify({ client: '192.0.43.1', clientPort: 1, server: '192.0.43.2', serverPort: 2 });
  for (const line of [`${ends}\n`, `${'x'.repeat(bridge.key.length)} ${ends}\n`, '\n', 'x'.repeat(1000)]) {
    const stranger = plainConnect(bridge.path);
    stranger.on('error', () => stranger.destroy());
    stranger.write(line);
    await once(stranger, 'close');
  }
  expect(accepted).toEqual([]);
  const own = plainConnect(bridge.path);
  own.write(`${bridge.key} ${ends}\n`);
  await once(own.resume(), 'close');
  expect(accepted).toEqual(['192.0.43.1']);
  server.close();
  remove();
});

test('an empty connection and one that breaks off harm nobody', async () => {
  for (const greeting of ['', '\0']) {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    if (greeting) socket.write(greeting);
    socket.destroy();
  }
  expect(await get('GET')).toBe('page GET');
});
