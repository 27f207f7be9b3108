/** The leading tab's transfers: joins them with the links, the database and the disk worker. */
import { base64 } from './base64.ts';
import type { Store } from './conversation/store.ts';
import { keyOf } from './crypto/address.ts';
import type { Links } from './link/links.ts';
import type { TransferView } from './model.ts';
import type { FileAccess, Platform } from './platform.ts';
import type { Scope } from './scope.ts';
import type { Http } from './signaling/http.ts';
import type { Command } from './tabs/bus.ts';
import { given } from './transfer/disk-messages.ts';
import type { DiskReply } from './transfer/disk-messages.ts';
import type { DiskPort } from './transfer/needs.ts';
import type { TransferHub } from './transfer/transfers.ts';

interface Needs {
  readonly platform: Platform;
  readonly scope: Scope;
  readonly http: Http;
  readonly store: Store;
  readonly links: () => Links;
  readonly publish: (transfers: ReadonlyMap<string, TransferView>) => void;
}

export interface LeaderFiles {
  readonly setChannel: TransferHub['setChannel'];
  readonly forget: TransferHub['forget'];
  command(asked: Extract<Command, { type: 'offer' | 'transfer' | 'accept-file' | 'file-saved' }>): void;
}

export function startFiles({ platform, scope, http, store, links, publish }: Needs): LeaderFiles {
  const { clock, timers, random, files, subtle, report } = platform;
  const channels = new Map<string, Parameters<TransferHub['setChannel']>>();
  let opening: Promise<TransferHub> | null = null;

  /** Its code is not needed for the first paint. */
  async function open(): Promise<TransferHub> {
    const { createTransfers } = await import('./transfer/transfers.ts');
    const hub = createTransfers({
      clock,
      timers,
      scope,
      digest: (bytes) => files?.digest(bytes) ?? Promise.reject(new Error('no hashing on an insecure page')),
      toBase64: base64,
      firstStream: new DataView(random.bytes(4).buffer as ArrayBuffer).getUint32(0),
      server: subtle && { http, subtle },
      disk: () => files && startDisk(files, scope),
      records: {
        all: () => store.transfers(),
        put: (record) => store.setTransfer(record),
        remove: (id) => store.removeTransfer(id),
      },
      message: (conversationId, id) => store.message(conversationId, id),
      want: (conversationId, on) => links().want(conversationId, 'files', on),
      onChange: publish,
      report,
    });
    for (const channel of channels.values()) hub.setChannel(...channel);
    return hub;
  }

  /** What is asked for keeps its order; without a network to load the code over, there is none for files either. */
  function run(work: (hub: TransferHub) => void): void {
    opening ??= open().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    opening.then(
      (hub) => !scope.ended && work(hub),
      (error: unknown) => report('loading what moves files', error),
    );
  }

  run(() => undefined);
  return {
    setChannel(address, channel) {
      if (channel) channels.set(keyOf(address), [address, channel]);
      else channels.delete(keyOf(address));
      run((hub) => hub.setChannel(address, channel));
    },
    forget: (id) => run((hub) => hub.forget(id)),
    command: (asked) =>
      run((hub) => {
        if (asked.type === 'offer') for (const { message, file } of asked.offers) hub.offer(message, file);
        else if (asked.type === 'accept-file') hub.accept(asked.message, asked.place);
        else if (asked.type === 'file-saved') hub.saved(asked.id);
        else hub[asked.act](asked.message);
      }),
  };
}

function startDisk(files: FileAccess, scope: Scope): DiskPort {
  const worker = files.startDisk();
  scope.own(() => worker.end());
  return {
    post: (request) => worker.post(request, given(request)),
    onReply: (listener) => {
      worker.onmessage = (message) => listener(message as DiskReply);
    },
  };
}
