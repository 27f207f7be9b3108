/** What a page does in the relay's browser tests: two connections in one page that may only meet through TURN. */

export interface IceServer {
  readonly urls: string;
  readonly username: string;
  readonly credential: string;
}

interface Route {
  readonly local: string;
  readonly remote: string;
  readonly transport: string | undefined;
}

interface Talk {
  connect(server: IceServer, media: boolean): Promise<Route>;
  /** How many of `count` messages of `size` bytes come back within `ms`. */
  echo(count: number, size: number, ms: number): Promise<number>;
  framesSeen(): Promise<number>;
  /** New candidates on both sides, as after a server's restart; resolves when data passes again. */
  restart(): Promise<Route>;
  close(): void;
}

declare global {
  interface Window {
    talk: Talk;
  }
}

/** Runs in the page, so it uses nothing from outside itself. */
export function installTalk(): void {
  let left: RTCPeerConnection;
  let right: RTCPeerConnection;
  let channel: RTCDataChannel;
  let received = 0;

  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  async function until<T>(
    what: string,
    ms: number,
    probe: () => Promise<T | undefined> | T | undefined,
  ): Promise<T> {
    const deadline = performance.now() + ms;
    for (;;) {
      const found = await probe();
      if (found !== undefined) return found;
      if (performance.now() > deadline)
        throw new Error(`${what}: nothing for ${ms} ms (${left.iceConnectionState})`);
      await sleep(50);
    }
  }

  function exchange(from: RTCPeerConnection, to: RTCPeerConnection): void {
    from.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) void to.addIceCandidate(candidate).catch(() => undefined);
    });
  }

  /** The browser is done with the relay, and has nothing from it that it could be reached by. */
  function isUnreachable({ iceGatheringState, localDescription }: RTCPeerConnection): boolean {
    return iceGatheringState === 'complete' && !/^a=candidate:/m.test(localDescription?.sdp ?? '');
  }

  async function negotiate(iceRestart: boolean): Promise<void> {
    await left.setLocalDescription(await left.createOffer({ iceRestart }));
    await right.setRemoteDescription(left.localDescription!);
    await right.setLocalDescription(await right.createAnswer());
    await left.setRemoteDescription(right.localDescription!);
  }

  /** The pair in use; Firefox names it in the pairs, Chromium in the transport. */
  async function route(): Promise<Route | undefined> {
    type Entry = Record<string, unknown> & { id: string; type: string };
    const entries = new Map<string, Entry>();
    (await left.getStats()).forEach((entry: Entry) => entries.set(entry.id, entry));
    const all = [...entries.values()];
    const chosen = all.find((e) => e.type === 'transport')?.['selectedCandidatePairId'] as string | undefined;
    const pair = chosen
      ? entries.get(chosen)
      : all.find((e) => e.type === 'candidate-pair' && (e['selected'] === true || e['nominated'] === true));
    if (!pair) return undefined;
    const side = (name: string): Entry | undefined => entries.get(String(pair[name]));
    const local = side('localCandidateId');
    const remote = side('remoteCandidateId');
    return {
      local: String(local?.['candidateType']),
      remote: String(remote?.['candidateType']),
      transport: local?.['relayProtocol'] as string | undefined,
    };
  }

  function paint(): MediaStream {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [320, 240];
    const context = canvas.getContext('2d')!;
    let hue = 0;
    setInterval(() => {
      context.fillStyle = `hsl(${(hue += 7)} 90% 50%)`;
      context.fillRect(0, 0, 320, 240);
    }, 33);
    return canvas.captureStream(30);
  }

  async function echo(count: number, size: number, ms: number): Promise<number> {
    received = 0;
    const payload = new Uint8Array(size);
    for (let i = 0; i < count; i++) channel.send(payload);
    const deadline = performance.now() + ms;
    while (received < count && performance.now() < deadline) await sleep(20);
    return received;
  }

  window.talk = {
    async connect(server, media) {
      const configuration: RTCConfiguration = { iceServers: [server], iceTransportPolicy: 'relay' };
      left = new RTCPeerConnection(configuration);
      right = new RTCPeerConnection(configuration);
      exchange(left, right);
      exchange(right, left);
      right.addEventListener('datachannel', ({ channel: other }) => {
        other.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => other.send(data));
      });
      right.addEventListener('track', ({ streams }) => {
        const video = document.createElement('video');
        video.muted = true;
        video.srcObject = streams[0] ?? null;
        void video.play();
      });
      channel = left.createDataChannel('data');
      channel.addEventListener('message', () => received++);
      if (media) for (const track of paint().getTracks()) left.addTrack(track, new MediaStream([track]));
      await negotiate(false);
      await until('open', 30_000, () => {
        if (channel.readyState === 'open') return true;
        if (isUnreachable(left)) throw new Error('gathering ended without a relay');
        return undefined;
      });
      return until('route', 5000, route);
    },
    echo,
    async framesSeen() {
      let frames = 0;
      (await right.getStats()).forEach((entry: Record<string, unknown>) => {
        if (entry['type'] === 'inbound-rtp') frames = Math.max(frames, Number(entry['framesDecoded'] ?? 0));
      });
      return frames;
    },
    async restart() {
      await negotiate(true);
      await until('data after the restart', 30_000, async () =>
        (await echo(1, 10, 500)) === 1 ? true : undefined,
      );
      return until('route', 5000, route);
    },
    close() {
      left.close();
      right.close();
    },
  };
}
