/** The two places for a file that arrives: where the person chose to save it, or the browser's own storage (OPFS). */
import { OWN_FOLDER } from '../../core/transfer/disk-messages.ts';
import { PIECE_BYTES } from '../../core/wire/file-frame.ts';
import type { Sink } from './piece-writer.ts';

/** The disk or the browser's quota has no room. */
class StorageFull extends Error {
  override name = 'StorageFull';
}

/** Written straight to the disk; the browser puts it under its name at the end, so an unfinished one is never seen. */
export async function chosenSink(place: FileSystemFileHandle): Promise<Sink> {
  const file = await place.createWritable();
  return {
    verified: 0,
    write: (bytes, at) => file.write({ type: 'write', position: at, data: bytes }),
    finish: () => file.close(),
    release: () => file.abort(),
    discard: () => file.abort(),
  };
}

/**
 * Nothing but verified pieces is ever written here, in order, so the length says how far an earlier try came; what a
 * crash left of a piece is cut off.
 */
export async function ownSink(id: string, size: number): Promise<Sink> {
  const folder = await ownFolder();
  const file = await folder.getFileHandle(id, { create: true });
  const access = await file.createSyncAccessHandle();
  try {
    const there = access.getSize();
    const whole = there === size ? size : Math.floor(Math.min(there, size) / PIECE_BYTES) * PIECE_BYTES;
    await ensureRoom(size - whole);
    access.truncate(whole);
    return {
      verified: Math.ceil(whole / PIECE_BYTES),
      write: (bytes, at) => Promise.resolve(writeAll(access, bytes, at)),
      finish: () => Promise.resolve(close(access)),
      release: () => Promise.resolve(close(access)),
      discard: async () => {
        access.close();
        await folder.removeEntry(id);
      },
    };
  } catch (error) {
    const empty = access.getSize() === 0;
    access.close();
    if (empty) await folder.removeEntry(id);
    throw error;
  }
}

function close(access: FileSystemSyncAccessHandle): void {
  access.flush();
  access.close();
}

function writeAll(access: FileSystemSyncAccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  let done = 0;
  while (done < bytes.byteLength) {
    const written = access.write(bytes.subarray(done), { at: at + done });
    if (written === 0) throw new StorageFull();
    done += written;
  }
}

/** Better said before the first byte than after the last gigabyte. */
async function ensureRoom(bytes: number): Promise<void> {
  const { quota, usage } = await navigator.storage.estimate();
  if (quota !== undefined && usage !== undefined && quota - usage < bytes) throw new StorageFull();
}

export async function sweepOwn(keep: ReadonlySet<string>): Promise<void> {
  const folder = await ownFolder();
  for await (const name of folder.keys()) {
    if (!keep.has(name)) await folder.removeEntry(name);
  }
}

function ownFolder(): Promise<FileSystemDirectoryHandle> {
  return navigator.storage
    .getDirectory()
    .then((root) => root.getDirectoryHandle(OWN_FOLDER, { create: true }));
}

export function failureOf(error: unknown): 'storage-full' | 'storage-failed' {
  const full =
    error instanceof StorageFull || (error instanceof DOMException && error.name === 'QuotaExceededError');
  return full ? 'storage-full' : 'storage-failed';
}
