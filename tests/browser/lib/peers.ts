/** Looks at the page's real WebRTC connections from outside: the constructor is wrapped by the test, not by the product. */
import type { BrowserContext, Page } from 'playwright-core';

declare global {
  interface Window {
    hollerTestPeers: RTCPeerConnection[];
    hollerTestSent: number;
    hollerTestHeard: string[];
  }
}

/** To be called before the page loads. */
export async function watchPeers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.hollerTestPeers = [];
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        window.hollerTestPeers.push(this);
      }
    };
  });
}

/** What the connection calls itself in ICE; another name after every restart (RFC 8445 section 9). */
export function iceName(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const open = window.hollerTestPeers.findLast(({ connectionState }) => connectionState === 'connected');
    return /a=ice-ufrag:(\S+)/.exec(open?.localDescription?.sdp ?? '')?.[1];
  });
}

/** Counts the bytes that the page gives to its data channels as binary messages. To be called before the page loads. */
export async function watchSent(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.hollerTestSent = 0;
    const real = Reflect.get(RTCDataChannel.prototype, 'send') as (data: unknown) => void;
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
      real.call(this, data);
      if (ArrayBuffer.isView(data)) window.hollerTestSent += data.byteLength;
    };
  });
}

/** Keeps all that comes over the page's data channels, as text. To be called before the page loads. */
export async function watchHeard(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.hollerTestHeard = [];
    const real = Reflect.get(RTCPeerConnection.prototype, 'createDataChannel') as (
      this: RTCPeerConnection,
      ...args: unknown[]
    ) => RTCDataChannel;
    Reflect.set(
      RTCPeerConnection.prototype,
      'createDataChannel',
      function (this: RTCPeerConnection, ...args: unknown[]) {
        const channel = real.apply(this, args);
        channel.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) =>
          window.hollerTestHeard.push(typeof data === 'string' ? data : new TextDecoder().decode(data)),
        );
        return channel;
      },
    );
  });
}

export interface SelectedPair {
  readonly local: string;
  readonly remote: string;
  readonly protocol: string;
  readonly messagesReceived: number;
}

/** The selected pair of every connection that is up, as getStats tells it, and how many messages its channels took in. */
export function selectedPairs(page: Page): Promise<SelectedPair[]> {
  return page.evaluate(async () => {
    const open = window.hollerTestPeers.filter(({ connectionState }) => connectionState === 'connected');
    const pairs: { local: string; remote: string; protocol: string; messagesReceived: number }[] = [];
    for (const peer of open) {
      const entries = [...(await peer.getStats()).values()] as Readonly<Record<string, unknown>>[];
      const byId = new Map(entries.map((entry) => [entry['id'], entry]));
      const transport = entries.find(({ type }) => type === 'transport');
      const pair = byId.get(transport?.['selectedCandidatePairId']);
      const local = byId.get(pair?.['localCandidateId']);
      const remote = byId.get(pair?.['remoteCandidateId']);
      if (!local || !remote) continue;
      const channels = entries.filter(({ type }) => type === 'data-channel');
      pairs.push({
        local: String(local['candidateType']),
        remote: String(remote['candidateType']),
        protocol: String(local['protocol']),
        messagesReceived: channels.reduce((sum, channel) => sum + Number(channel['messagesReceived']), 0),
      });
    }
    return pairs;
  });
}
