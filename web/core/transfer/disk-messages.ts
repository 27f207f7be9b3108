/** What the page and its disk worker say to each other. One worker serves all transfers; `id` is the transfer's. */

/** In the browser's own storage; files in it are named by the id of their transfer. */
export const OWN_FOLDER = 'transfers';

export type DiskRequest =
  /** `place` is where the person chose to save; null: in the browser's own storage, to be saved from there. */
  | {
      readonly do: 'open';
      readonly id: string;
      readonly size: number;
      readonly place: FileSystemFileHandle | null;
    }
  /** Frames of `stream` follow, from this piece on. */
  | { readonly do: 'begin'; readonly id: string; readonly stream: number; readonly from: number }
  /** Binary messages as they came (file-frame.ts), in order; their memory goes over to the worker. */
  | { readonly do: 'frames'; readonly id: string; readonly frames: readonly ArrayBuffer[] }
  | { readonly do: 'expect'; readonly id: string; readonly index: number; readonly sha256: string }
  | { readonly do: 'finish'; readonly id: string }
  /** Closes, keeping what is there for another try where the place allows. */
  | { readonly do: 'release'; readonly id: string }
  | { readonly do: 'discard'; readonly id: string }
  /** Deletes everything in the browser's own storage but these. */
  | { readonly do: 'sweep'; readonly keep: readonly string[] };

/** What goes over to the worker with a request instead of being copied. */
export function given(request: DiskRequest): readonly ArrayBuffer[] {
  return request.do === 'frames' ? request.frames : [];
}

export type DiskReply =
  | { readonly did: 'open'; readonly id: string; readonly verified: number }
  | { readonly did: 'verify'; readonly id: string; readonly stream: number; readonly count: number }
  /** A piece of this stream was wrong; the rest of the stream is ignored. */
  | { readonly did: 'refuse'; readonly id: string; readonly stream: number }
  | { readonly did: 'finish'; readonly id: string }
  | { readonly did: 'fail'; readonly id: string; readonly reason: 'storage-full' | 'storage-failed' };
