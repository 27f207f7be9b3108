/**
 * Opens many messages at once, in a worker beside the page (web/worker/reader.ts): a machine of the library in memory that
 * is given keys of sessions. It knows nothing of whose they are; that is for whoever asks (bulk-opening.ts).
 */
import type { Library } from './machine.ts';
import { silent } from './machine.ts';

export type ReaderRequest =
  /** Keys of sessions, as the engine exports them. */
  | { readonly do: 'learn'; readonly keys: string }
  /** Messages of one room, as events. */
  | { readonly do: 'open'; readonly id: number; readonly roomId: string; readonly events: readonly string[] };

export type ReaderReply =
  /** What they say as JSON, in their order; null for one that does not open. */
  | { readonly did: 'open'; readonly id: number; readonly opened: readonly (string | null)[] }
  /** It can open nothing any more. */
  | { readonly did: 'fail'; readonly message: string };

/** Works requests off in their order. */
export function serveReader(
  load: () => Promise<Library>,
  reply: (message: ReaderReply) => void,
): (request: ReaderRequest) => void {
  const opening = load().then(openReader);
  let turn: Promise<void> = Promise.resolve();

  async function serve(request: ReaderRequest): Promise<void> {
    const reader = await opening;
    if (request.do === 'learn') await reader.learn(request.keys);
    else reply({ did: 'open', id: request.id, opened: await reader.open(request.roomId, request.events) });
  }

  return (request) => {
    turn = turn.then(() => serve(request));
    turn.catch((error: unknown) => reply({ did: 'fail', message: String(error) }));
  };
}

async function openReader(library: Library) {
  const handle = await library.StoreHandle.open(undefined, undefined, silent);
  const olm = await library.OlmMachine.initFromStore(
    new library.UserId('@reader:holler'),
    new library.DeviceId('reader'),
    handle,
    silent,
  );
  handle.free();
  const settings = new library.DecryptionSettings(library.TrustRequirement.Untrusted);

  async function openOne(event: string, roomId: string): Promise<string | null> {
    const room = new library.RoomId(roomId);
    try {
      const opened = await olm.decryptRoomEvent(event, room, settings);
      const text = opened.event;
      opened.free();
      return text;
    } catch (error) {
      if (error instanceof library.MegolmDecryptionError) return null;
      throw error;
    } finally {
      room.free();
    }
  }

  return {
    async learn(keys: string): Promise<void> {
      await olm.importExportedRoomKeys(keys, () => undefined);
    },
    async open(roomId: string, events: readonly string[]): Promise<(string | null)[]> {
      const opened: (string | null)[] = [];
      for (const event of events) opened.push(await openOne(event, roomId));
      return opened;
    },
  };
}
