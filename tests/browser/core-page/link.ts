/** One end of a link in a page of its own: the real driver over the real browser, with the test as the signaling server. */
import { browserPlatform } from '../../../web/core/browser.ts';
import type { Link } from '../../../web/core/link/link.ts';
import { createLinks } from '../../../web/core/link/links.ts';
import type { PathState } from '../../../web/core/model.ts';
import { createScope } from '../../../web/core/scope.ts';

interface Start {
  readonly own: { readonly userId: string; readonly deviceId: string };
  readonly friend: { readonly userId: string; readonly deviceId: string };
  readonly iceServers: RTCIceServer[];
}

declare global {
  interface Window {
    /** Given by the test: hands a signal to the other page; false if that is not there. */
    carry(linkId: string, body: string): Promise<boolean>;
    lab: typeof lab;
    /** Counts in a wrapper that the test puts around the browser's constructor. */
    liveConnections?: () => number;
    /** How far each connection is with its addresses. */
    gathering?: () => string[];
    /** Closed or not. */
    keptConnections?: () => number;
    deaf?: boolean;
  }
}

const platform = browserPlatform();
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const received: string[] = [];
const scope = createScope();
let online = true;
let friendHere = true;
let links: ReturnType<typeof createLinks>;
let friendId = '';
let friend: Start['friend'];
let own: Start['own'];

function start(from: Start): void {
  ({ friend, own } = from);
  friendId = friend.userId;
  links = createLinks({
    platform,
    scope,
    ownDeviceId: own.deviceId,
    iceServers: { get: () => Promise.resolve(from.iceServers) },
    sendSignal: async (_to, linkId, body) =>
      online && (await window.carry(linkId, body))
        ? { ok: true, value: undefined }
        : { ok: false, failure: { code: 'peer-offline' } },
    reach: (userId) => (userId === friendId ? { devices: friendHere ? [friend.deviceId] : [] } : null),
    online: () => online,
    onChat: (_from, bytes) => received.push(decoder.decode(bytes)),
    onPeer: () => undefined,
    onChange: () => undefined,
  });
}

const link = (): Link | undefined => links.of(friendId)[0];

/** Opens and closes a link between two ends in this one page, again and again; what the ends say in rounds that do not open. */
async function openAndClose(rounds: number): Promise<string[]> {
  const ends: ReturnType<typeof createLinks>[] = [];
  const names = ['left', 'right'];
  const addressOf = (side: number) => ({ userId: names[side]!, deviceId: `${names[side]}-device` });
  for (const side of [0, 1]) {
    ends.push(
      createLinks({
        platform,
        scope,
        ownDeviceId: addressOf(side).deviceId,
        iceServers: { get: () => Promise.resolve([]) },
        sendSignal: (_to, linkId, body) => {
          ends[1 - side]!.takeSignal(addressOf(side), linkId, body);
          return Promise.resolve({ ok: true, value: undefined });
        },
        reach: (userId) => (userId === names[1 - side] ? { devices: [`${userId}-device`] } : null),
        online: () => true,
        onChat: () => undefined,
        onPeer: () => undefined,
        onChange: () => undefined,
      }),
    );
  }
  const viewOf = (side: number) => ends[side]!.of(names[1 - side]!)[0]?.view.get();
  const isOpen = (side: number) => viewOf(side)?.at.phase === 'open';
  const stuck: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2;
    ends[first]!.want(names[1 - first]!, 'test', true);
    for (let waited = 0; waited < 5_000 && !(isOpen(0) && isOpen(1)); waited += 5) await pause(5);
    if (!isOpen(0) || !isOpen(1)) stuck.push(`${round}: ${JSON.stringify([0, 1].map(viewOf))}`);
    ends[first]!.want(names[1 - first]!, 'test', false);
    ends[first]!.of(names[1 - first]!)[0]?.close();
  }
  return stuck;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const lab = {
  openAndClose,
  start,
  want: (on: boolean) => links.want(friendId, 'test', on),
  warmUp: () => links.warmUp(),
  signal: (linkId: string, body: string) => links.takeSignal(friend, linkId, body),
  path: (): PathState => links.pathTo(friendId) ?? { path: 'idle' },
  view: () => link()?.view.get() ?? null,
  send: (text: string) => link()?.sendChat(encoder.encode(text)) ?? 'closed',
  received: () => received,
  close: () => {
    links.want(friendId, 'test', false);
    link()?.close();
  },
  setOnline: (on: boolean) => {
    online = on;
    links.reachChanged();
  },
  networkChanged: () => links.networkChanged(),
  connection: () => link()?.peer.get()?.connection ?? null,
  peer: () => link()?.peer.get() ?? null,
};
window.lab = lab;
