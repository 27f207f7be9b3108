/** The raw limits: bulk over a bare channel, messages beside it, and a bare call, between two pages that know nothing else. */
import type { BrowserContext, Page } from 'playwright-core';

declare global {
  interface Window {
    bareCarry(text: string): Promise<void>;
    bareTake(text: string): Promise<void>;
    /** Resolves when the connection's channels are open. */
    bareConnect(offers: boolean): Promise<void>;
    bareSend(mebibytes: number): Promise<void>;
    bareReceived(bytes: number): Promise<void>;
    /** Messages on a channel of their own, one every `every` ms, until the bulk is through. */
    bareSay(every: number): Promise<void>;
    /** How long each message took, ms. */
    bareWaits: number[];
    bareCamera(): Promise<void>;
    /** Opens this side's camera, negotiates, and resolves to the ms until the first frame of the other side's. */
    bareCall(): Promise<number>;
  }
}

/** tsx gives functions their names through a helper, which a page that runs them must have as well. */
export const NAMES = { content: 'globalThis.__name ??= (named) => named' };

/** Two pages of an origin with nothing on it, connected. */
export async function openBarePair(
  left: BrowserContext,
  right: BrowserContext,
  url: string,
): Promise<[Page, Page]> {
  const pages: [Page, Page] = [await left.newPage(), await right.newPage()];
  for (const [index, page] of pages.entries()) {
    const other = pages[1 - index]!;
    await page.exposeFunction('bareCarry', (text: string) =>
      other.evaluate((sent) => window.bareTake(sent), text),
    );
    await page.addInitScript(NAMES);
    await page.goto(`${url}/healthz`);
    await page.evaluate(install);
  }
  await Promise.all(
    pages.map((page, index) => page.evaluate((offers) => window.bareConnect(offers), index === 0)),
  );
  return pages;
}

/** Runs in the page. */
function install(): void {
  const peer = new RTCPeerConnection();
  const bulk = peer.createDataChannel('bulk', { negotiated: true, id: 1 });
  const talk = peer.createDataChannel('talk', { negotiated: true, id: 2 });
  bulk.binaryType = 'arraybuffer';
  bulk.bufferedAmountLowThreshold = 256 * 1024;
  let received = 0;
  let sending = false;
  window.bareWaits = [];
  const now = () => performance.timeOrigin + performance.now();
  const once = (target: EventTarget, type: string) =>
    new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
  // Once there is a channel it carries the signals, as a link carries those of its calls.
  const carry = (signal: unknown) => {
    if (talk.readyState === 'open') talk.send(JSON.stringify(signal));
    else void window.bareCarry(JSON.stringify(signal));
  };
  const describe = async () => {
    await peer.setLocalDescription();
    carry({ description: peer.localDescription });
  };

  bulk.addEventListener('message', ({ data }) => (received += (data as ArrayBuffer).byteLength));
  talk.addEventListener('message', ({ data }) => void window.bareTake(data as string));
  peer.addEventListener('icecandidate', ({ candidate }) => candidate && carry({ candidate }));

  window.bareTake = async (text) => {
    const signal = JSON.parse(text) as {
      said?: number;
      description?: RTCSessionDescriptionInit;
      candidate?: RTCIceCandidateInit;
    };
    if (signal.said) window.bareWaits.push(now() - signal.said);
    if (signal.candidate) await peer.addIceCandidate(signal.candidate);
    if (!signal.description) return;
    await peer.setRemoteDescription(signal.description);
    if (signal.description.type === 'offer') await describe();
  };
  window.bareConnect = async (offers) => {
    const open = once(talk, 'open');
    if (offers) await describe();
    await open;
  };
  window.bareSend = async (mebibytes) => {
    const message = new Uint8Array(64 * 1024);
    sending = true;
    for (let count = 0; count < mebibytes * 16; count++) {
      while (bulk.bufferedAmount >= 1024 * 1024) await once(bulk, 'bufferedamountlow');
      bulk.send(message);
    }
    sending = false;
  };
  window.bareReceived = async (bytes) => {
    while (received < bytes) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  window.bareSay = async (every) => {
    while (sending) {
      talk.send(JSON.stringify({ said: now() }));
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  };
  window.bareCamera = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: 1280, height: 720 },
    });
    for (const track of stream.getTracks()) peer.addTrack(track, stream);
  };
  window.bareCall = async () => {
    const started = performance.now();
    const video = document.createElement('video');
    video.muted = true;
    document.body.append(video);
    peer.addEventListener('track', ({ track }) => {
      if (track.kind !== 'video') return;
      video.srcObject = new MediaStream([track]);
      void video.play();
    });
    const shown = new Promise<void>((resolve) => void video.requestVideoFrameCallback(() => resolve()));
    await window.bareCamera();
    await describe();
    await shown;
    return performance.now() - started;
  };
}
