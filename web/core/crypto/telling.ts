/** Small things that one device tells others outside of any conversation, each sealed to one device: secrets of groups. */
import type { Address } from './address.ts';
import type { Events } from './events.ts';
import type { Outcome } from './outcome.ts';
import { unreachable, yes } from './outcome.ts';
import type { People } from './people.ts';
import type { Post } from './post.ts';
import type { Trust } from './trust.ts';
import { isStopped } from './trust.ts';

export interface Telling {
  /**
   * To all devices of these people but this one, through their mailboxes. Whoever's identity changed gets nothing.
   * `content` is anything that JSON holds, of a few KB.
   */
  tell(people: readonly string[], content: object): Promise<Outcome>;
  /** As `tell`, but for whoever in the engine handles events of this type. */
  tellAs(type: string, people: readonly string[], content: object): Promise<Outcome>;
}

interface Needs {
  readonly me: Address;
  readonly events: Pick<Events, 'on'>;
  readonly post: Post;
  readonly people: People;
  readonly trust: Trust;
  readonly newId: () => string;
  /** Stored when it resolves. `from` is certain; `content` may be anything. */
  readonly onTold: (from: Address, content: unknown) => Promise<void>;
}

const TOLD = 'holler.told';

export function createTelling({ me, events, post, people, trust, newId, onTold }: Needs): Telling {
  events.on(TOLD, async (from, content) => {
    if (!isStopped(await trust.level(from.userId))) await onTold(from, content);
  });

  async function tellAs(type: string, persons: readonly string[], content: object): Promise<Outcome> {
    const followed = await people.follow(persons);
    if (!followed.ok) return unreachable(followed.failure);
    const to: Address[] = [];
    for (const userId of persons) {
      if (isStopped(await trust.level(userId))) continue;
      for (const deviceId of await people.devicesOf(userId))
        if (deviceId !== me.deviceId) to.push({ userId, deviceId });
    }
    if (to.length === 0) return yes(undefined);
    const sent = await post.sendEvent(newId(), to, type, content);
    return sent.ok ? yes(undefined) : unreachable(sent.failure);
  }

  return { tell: (persons, content) => tellAs(TOLD, persons, content), tellAs };
}
