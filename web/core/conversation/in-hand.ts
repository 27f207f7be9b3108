/**
 * One's own messages on their way into the database. What waits there behind another transaction is lost if its tab dies,
 * and by then the friend may have the message. What is put into localStorage is with the browser at once, so each message
 * is there from before it is sent until it is stored; the next tab that leads stores what a dead one left. (Asking the
 * friend for it would let friends write in one's name.)
 */
import * as v from 'valibot';
import { createKept } from '../kept.ts';
import type { Keep } from '../platform.ts';
import { wireMessageSchema } from '../wire/message.ts';
import type { WireContent } from '../wire/message.ts';

interface Left {
  readonly conversationId: string;
  readonly content: WireContent;
}

export interface InHand {
  take(conversationId: string, contents: readonly WireContent[]): void;
  /** They are stored, or will not be. */
  release(ids: readonly string[]): void;
  /** Of other tabs: most of them are gone, but one may be at it this moment. */
  left(): readonly Left[];
  /** The account is forgotten here. */
  clear(): void;
}

const leftSchema = v.object({ conversationId: v.string(), letter: wireMessageSchema });

export function createInHand(keep: Keep, accountId: string): InHand {
  const prefix = `holler-in-hand ${accountId} `;
  /** By this tab. */
  const taken = new Set<string>();
  const { keys, read, clear } = createKept(keep, prefix, (value): Left | null => {
    const { conversationId, letter } = v.parse(leftSchema, value);
    return letter.type === 'text' || letter.type === 'file' ? { conversationId, content: letter } : null;
  });

  return {
    take(conversationId, contents) {
      for (const letter of contents) {
        taken.add(letter.id);
        keep.set(prefix + letter.id, JSON.stringify({ conversationId, letter }));
      }
    },
    release(ids) {
      for (const id of ids) {
        keep.remove(prefix + id);
        taken.delete(id);
      }
    },
    left: () =>
      keys()
        .filter((key) => !taken.has(key.slice(prefix.length)))
        .flatMap((key) => read(key) ?? []),
    clear,
  };
}
