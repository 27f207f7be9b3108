/** One end of a file transfer in a page of its own: real link, real worker, real disk, with the test as the signaling server. */
import { base64 } from '../../../web/core/base64.ts';
import { browserPlatform } from '../../../web/core/browser.ts';
import { createLinks } from '../../../web/core/link/links.ts';
import type { Links } from '../../../web/core/link/links.ts';
import type { Message, TransferView } from '../../../web/core/model.ts';
import { createScope } from '../../../web/core/scope.ts';
import { OWN_FOLDER } from '../../../web/core/transfer/disk-messages.ts';
import { type DiskReply, given } from '../../../web/core/transfer/disk-messages.ts';
import { createTransfers } from '../../../web/core/transfer/transfers.ts';
import type { TransferHub } from '../../../web/core/transfer/transfers.ts';

declare global {
  interface Window {
    files: typeof files;
  }
}

const platform = browserPlatform();
const access = platform.files!;
const scope = createScope();
let links: Links;
let hub: TransferHub;
let friendId = '';
let view: TransferView | null = null;

function start(own: string, friend: string): void {
  friendId = friend;
  const [ownDevice, friendDevice] = [`${own}-device`, `${friend}-device`];
  links = createLinks({
    platform,
    scope,
    ownDeviceId: ownDevice,
    iceServers: { get: () => Promise.resolve([]) },
    sendSignal: async (_to, linkId, body) =>
      (await window.carry(linkId, body))
        ? { ok: true, value: undefined }
        : { ok: false, failure: { code: 'peer-offline' } },
    reach: (userId) => (userId === friend ? { devices: [friendDevice] } : null),
    online: () => true,
    onChat: () => undefined,
    onPeer: (address, peer) => hub.setChannel(address, peer?.files ?? null),
    onChange: () => undefined,
  });
  hub = createTransfers({
    clock: platform.clock,
    timers: platform.timers,
    scope,
    digest: (bytes) => access.digest(bytes),
    toBase64: base64,
    firstStream: 1,
    server: null,
    disk: () => {
      const worker = access.startDisk();
      return {
        post: (request) => worker.post(request, given(request)),
        onReply: (listener) => (worker.onmessage = (message) => listener(message as DiskReply)),
      };
    },
    records: {
      all: () => Promise.resolve([]),
      put: () => Promise.resolve(),
      remove: () => Promise.resolve(),
    },
    message: () => Promise.resolve(null),
    want: (friendOf, on) => links.want(friendOf, 'files', on),
    onChange: (views) => (view = [...views.values()].at(-1) ?? null),
    report: platform.report,
  });
}

function messageOf(id: string, author: 'me' | 'friend', file: { name: string; size: number }): Message {
  const body = { kind: 'file', file: { ...file, type: '' }, device: `${friendId}-device` } as const;
  return { id, conversationId: friendId, author, at: 0, body, state: 'delivered' };
}

const files = {
  start,
  want: (on: boolean) => links.want(friendId, 'test', on),
  signal: (linkId: string, body: string) =>
    links.takeSignal({ userId: friendId, deviceId: `${friendId}-device` }, linkId, body),
  path: () => links.pathTo(friendId)?.path ?? null,
  view: () => view,
  offerChosen(id: string): number {
    const file = document.querySelector<HTMLInputElement>('#choose')!.files![0]!;
    hub.offer(messageOf(id, 'me', { name: file.name, size: file.size }), file);
    return file.size;
  },
  accept: (id: string, name: string, size: number) =>
    hub.accept(messageOf(id, 'friend', { name, size }), null),
  /** Hands the received file to the browser's download. */
  async save(id: string): Promise<void> {
    const file = await access.read(OWN_FOLDER, id);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file!);
    link.download = view!.file.name;
    link.click();
  },
};
window.files = files;
