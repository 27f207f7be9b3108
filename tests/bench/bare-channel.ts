/** The raw limit: a bare RTCPeerConnection between two pages, its signals carried by one WebSocket hop, its channel echoing. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { BrowserContext, Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { NAMES } from './bare-media.ts';

export interface BareServer {
  readonly url: string;
  close(): void;
}

/** An empty page, and a socket that passes every message on to all others. */
export async function startBareServer(): Promise<BareServer> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>bare</title>');
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      for (const other of sockets.clients) if (other !== socket) other.send(data, { binary: isBinary });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://localhost:${address.port}`,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}

declare global {
  interface Window {
    bareOpen(initiator: boolean): Promise<number>;
    bareEcho(): Promise<number>;
    bareSocket: WebSocket;
  }
}

export async function openBarePage(context: BrowserContext, server: BareServer): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(NAMES);
  await page.goto(server.url);
  await page.evaluate(installBare, server.url.replace('http', 'ws'));
  return page;
}

/** Runs in the page. `bareOpen` resolves to the ms from the call to the open channel; `bareEcho` to the ms of a round trip. */
async function installBare(socketUrl: string): Promise<void> {
  const socket = new WebSocket(socketUrl);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  window.bareSocket = socket;
  let peer: RTCPeerConnection | undefined;
  let channel: RTCDataChannel | undefined;

  window.bareOpen = async (initiator) => {
    const started = performance.now();
    peer?.close();
    const own = new RTCPeerConnection();
    peer = own;
    const opened = own.createDataChannel('bare', { negotiated: true, id: 1 });
    channel = opened;
    opened.binaryType = 'arraybuffer';
    if (!initiator) opened.addEventListener('message', ({ data }) => opened.send(data as string));
    const send = (signal: unknown) => socket.send(JSON.stringify(signal));
    own.addEventListener('icecandidate', ({ candidate }) => candidate && send({ candidate }));
    socket.onmessage = ({ data }) => void take(own, JSON.parse(String(data)), send);
    if (initiator) {
      await own.setLocalDescription();
      send({ description: own.localDescription });
    }
    await new Promise((resolve) => opened.addEventListener('open', resolve, { once: true }));
    return performance.now() - started;
  };

  async function take(
    own: RTCPeerConnection,
    signal: { description?: RTCSessionDescriptionInit; candidate?: RTCIceCandidateInit },
    send: (signal: unknown) => void,
  ): Promise<void> {
    if (signal.candidate) return own.addIceCandidate(signal.candidate);
    if (!signal.description) return;
    await own.setRemoteDescription(signal.description);
    if (signal.description.type !== 'offer') return;
    await own.setLocalDescription();
    send({ description: own.localDescription });
  }

  window.bareEcho = async () => {
    const open = channel!;
    const answered = new Promise((resolve) => open.addEventListener('message', resolve, { once: true }));
    const sent = performance.now();
    open.send('message');
    await answered;
    return performance.now() - sent;
  };
}
