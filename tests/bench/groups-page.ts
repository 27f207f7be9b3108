/** What bench:groups does and sees in a page: its connections, what stands in its timeline and when, and bare channels. */
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    benchConnections: RTCPeerConnection[];
    /** Frames that the server was given to pass on or keep. */
    benchByServer: number;
    /** When each text was there, by the page's clock as ms since 1970. */
    benchShown: Map<string, number>;
    benchBare: Map<string, number>;
    /** To the other pages, of a bare sender. */
    benchChannels: { readonly connection: RTCPeerConnection; readonly channel: RTCDataChannel }[];
  }
}

/** Runs in the page before it loads. */
export function watchWays(): void {
  window.benchConnections = [];
  window.benchByServer = 0;
  window.benchShown = new Map();
  window.benchBare = new Map();
  window.benchChannels = [];
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      window.benchConnections.push(this);
    }
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    override send(data: Parameters<WebSocket['send']>[0]): void {
      if (typeof data === 'string' && /"type":"(?:relay|mail)"/.test(data.slice(0, 80)))
        window.benchByServer += 1;
      super.send(data);
    }
  };
}

export const linksOf = (page: Page): Promise<number> =>
  page.evaluate(
    () => window.benchConnections.filter(({ connectionState }) => connectionState === 'connected').length,
  );

/** Opens the conversation, as by a person who looks at it, and notes when each text stands in it. */
export function openAndWatch(page: Page, groupId: string): Promise<void> {
  return page.evaluate((id) => {
    const { timeline } = window.device.messenger.openConversation(id);
    timeline.subscribe(() => {
      const now = performance.timeOrigin + performance.now();
      for (const { body } of timeline.get().messages)
        if (body.kind === 'text' && !window.benchShown.has(body.text)) window.benchShown.set(body.text, now);
    });
  }, groupId);
}

/** Resolves to when it was handed to the conversation. */
export function say(page: Page, groupId: string, text: string): Promise<number> {
  return page.evaluate(
    async ([id, words]) => {
      const conversation = window.device.messenger.openConversation(id);
      const sent = performance.timeOrigin + performance.now();
      const done = await conversation.sendText(words);
      if (!done.ok) throw new Error(done.failure.code);
      return sent;
    },
    [groupId, text] as const,
  );
}

/** Resolves to when it stood in this page. */
export async function shownAt(page: Page, text: string, kept: 'benchShown' | 'benchBare'): Promise<number> {
  const handle = await page.waitForFunction(
    ([words, where]) => window[where].get(words) ?? 0,
    [text, kept] as const,
    { polling: 10, timeout: 120_000 },
  );
  return handle.jsonValue();
}

/** A bare channel from one page to another, without any server. */
export async function connectBare(from: Page, to: Page): Promise<void> {
  const offer = await from.evaluate(async () => {
    const connection = new RTCPeerConnection();
    const channel = connection.createDataChannel('bare', { negotiated: true, id: 0 });
    window.benchChannels.push({ connection, channel });
    const gathered = new Promise((resolve) =>
      connection.addEventListener('icecandidate', ({ candidate }) => candidate ?? resolve(null)),
    );
    await connection.setLocalDescription();
    await gathered;
    return connection.localDescription?.sdp ?? '';
  });
  const answer = await to.evaluate(async (sdp) => {
    const connection = new RTCPeerConnection();
    const channel = connection.createDataChannel('bare', { negotiated: true, id: 0 });
    channel.addEventListener('message', ({ data }) => {
      window.benchBare.set(String(data), performance.timeOrigin + performance.now());
    });
    const gathered = new Promise((resolve) =>
      connection.addEventListener('icecandidate', ({ candidate }) => candidate ?? resolve(null)),
    );
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await connection.setLocalDescription();
    await gathered;
    return connection.localDescription?.sdp ?? '';
  }, offer);
  await from.evaluate(async (sdp) => {
    const last = window.benchChannels.at(-1);
    if (!last) throw new Error('no bare channel');
    await last.connection.setRemoteDescription({ type: 'answer', sdp });
    if (last.channel.readyState === 'open') return;
    await new Promise((resolve) => last.channel.addEventListener('open', resolve, { once: true }));
  }, answer);
}

/** To all that it is connected to; resolves to when. */
export function sayBare(page: Page, text: string): Promise<number> {
  return page.evaluate((words) => {
    const sent = performance.timeOrigin + performance.now();
    for (const { channel } of window.benchChannels) channel.send(words);
    return sent;
  }, text);
}
