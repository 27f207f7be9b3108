/** The raw limits: bulk over one bare channel, and a bare call, between two pages whose signals the benchmark carries. */
import type { BrowserContext, Page } from 'playwright-core';

declare global {
  interface Window {
    bareCarry(text: string): Promise<void>;
    bareTake(text: string): Promise<void>;
    bareStart(offers: boolean, withCamera: boolean): Promise<void>;
    bareSend(mebibytes: number): Promise<void>;
    bareReceived(bytes: number): Promise<void>;
    bareFirstFrame: Promise<number>;
  }
}

/** tsx gives functions their names through a helper, which a page that runs them must have as well. */
export const NAMES = { content: 'globalThis.__name ??= (named) => named' };

/** Two pages of an origin with nothing on it. */
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
  return pages;
}

/** Runs in the page. */
function install(): void {
  let peer: RTCPeerConnection;
  let channel: RTCDataChannel;
  let received = 0;
  const carry = (signal: unknown) => void window.bareCarry(JSON.stringify(signal));

  window.bareStart = async (offers, withCamera) => {
    const own = new RTCPeerConnection();
    peer = own;
    channel = own.createDataChannel('bare', { negotiated: true, id: 1 });
    channel.binaryType = 'arraybuffer';
    received = 0;
    channel.addEventListener('message', ({ data }) => (received += (data as ArrayBuffer).byteLength));
    own.addEventListener('icecandidate', ({ candidate }) => candidate && carry({ candidate }));
    window.bareFirstFrame = new Promise((resolve) => {
      own.addEventListener('track', ({ track, streams }) => {
        if (track.kind !== 'video') return;
        const video = document.createElement('video');
        video.muted = true;
        video.srcObject = streams[0] ?? new MediaStream([track]);
        video.requestVideoFrameCallback(() => resolve(performance.timeOrigin + performance.now()));
        document.body.append(video);
        void video.play();
      });
    });
    if (withCamera) {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: true,
        video: { width: 1280, height: 720 },
      });
      for (const track of stream.getTracks()) own.addTrack(track, stream);
    }
    if (!offers) return;
    await own.setLocalDescription();
    carry({ description: own.localDescription });
  };
  window.bareTake = async (text) => {
    const signal = JSON.parse(text) as {
      description?: RTCSessionDescriptionInit;
      candidate?: RTCIceCandidateInit;
    };
    if (signal.candidate) return peer.addIceCandidate(signal.candidate);
    await peer.setRemoteDescription(signal.description!);
    if (signal.description!.type !== 'offer') return;
    await peer.setLocalDescription();
    carry({ description: peer.localDescription });
  };
  window.bareSend = async (mebibytes) => {
    if (channel.readyState !== 'open')
      await new Promise((resolve) => channel.addEventListener('open', resolve));
    channel.bufferedAmountLowThreshold = 256 * 1024;
    const message = new Uint8Array(64 * 1024);
    for (let count = 0; count < mebibytes * 16; count++) {
      while (channel.bufferedAmount >= 1024 * 1024) {
        await new Promise((resolve) =>
          channel.addEventListener('bufferedamountlow', resolve, { once: true }),
        );
      }
      channel.send(message);
    }
  };
  window.bareReceived = async (bytes) => {
    while (received < bytes) await new Promise((resolve) => setTimeout(resolve, 10));
  };
}
