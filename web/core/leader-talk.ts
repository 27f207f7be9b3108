/** The leading tab's conversations: joins delivery and inbox with the links, the server's relay and the database. */
import { base64 } from './base64.ts';
import { announcementOf } from './conversation/conversation.ts';
import type { Announced } from './conversation/conversation.ts';
import type { StoredConversation } from './database.ts';
import { createDelivery } from './conversation/delivery.ts';
import type { Delivery } from './conversation/delivery.ts';
import { createInbox } from './conversation/inbox.ts';
import type { Inbox } from './conversation/inbox.ts';
import type { DeviceReach } from './conversation/outbox.ts';
import type { Store } from './conversation/store.ts';
import type { Change } from './conversation/writing.ts';
import { createEnvelope } from './crypto/envelope.ts';
import type { Address } from './crypto/envelope.ts';
import type { Links } from './link/links.ts';
import type { LinkPhase } from './link/state.ts';
import type { Notice, Preferences, Result } from './model.ts';
import type { Platform } from './platform.ts';
import type { Scope } from './scope.ts';

interface Needs {
  readonly platform: Pick<Platform, 'clock' | 'timers'>;
  readonly scope: Scope;
  readonly store: Store;
  readonly links: () => Links;
  /** Through the server; `body` is base64. */
  readonly relay: (to: Address, body: string) => Promise<Result>;
  /** The friend's devices that the server can reach now. */
  readonly present: (friendId: string) => readonly string[];
  readonly isFriend: (userId: string) => boolean;
  readonly line: (friendId: string) => StoredConversation | null;
  readonly preferences: () => Preferences;
  readonly announce: (change: Announced) => void;
  readonly raise: (notice: Notice) => void;
  readonly onTyping: (friendId: string, typing: boolean) => void;
}

export interface LeaderTalk {
  readonly store: Store;
  readonly delivery: Delivery;
  readonly inbox: Inbox;
  /** Tells the friend what was read here, unless they know or the person keeps it to themselves. */
  tellRead(friendId: string): void;
  /** What waits for anybody but these friends has failed. */
  giveUpOnStrangers(): Promise<void>;
}

export function startTalk(needs: Needs): LeaderTalk {
  const { store, announce } = needs;
  const { clock, timers } = needs.platform;
  const envelope = createEnvelope();
  const tellOf = (change: Change): void => announce(announcementOf(change));

  const linkTo = ({ userId, deviceId }: Address) =>
    needs
      .links()
      .of(userId)
      .find(({ address }) => address.deviceId === deviceId);

  function reach(friendId: string): readonly DeviceReach[] {
    const present = needs.present(friendId);
    const linked = needs
      .links()
      .of(friendId)
      .map(({ address }) => address.deviceId);
    return [...new Set([...present, ...linked])].map((deviceId) => ({
      deviceId,
      link: linkReach(linkTo({ userId: friendId, deviceId })?.view.get().at),
      relay: present.includes(deviceId),
    }));
  }

  const delivery = createDelivery({
    clock,
    timers,
    scope: needs.scope,
    store,
    envelope,
    carrier: {
      reach,
      want: (friendId, on) => needs.links().want(friendId, 'outbox', on),
      sendLink: (to, bytes) => linkTo(to)?.sendChat(bytes) ?? 'closed',
      sendRelay: (to, bytes) => needs.relay(to, base64(bytes)),
    },
    onGivenUp: async (friendId, ids, failure) => tellOf(await store.giveUp(friendId, ids, failure)),
  });

  const inbox = createInbox({
    store,
    envelope,
    isFriend: needs.isFriend,
    reply: (to, message) => void delivery.sendNow(to, message),
    onChange: tellOf,
    onArriving: (friendId, messages) => announce({ friendId, messages, conversation: null }),
    onMessages: (friendId, messages) => {
      const message = messages.findLast(({ body }) => body.kind !== 'deleted');
      if (message) needs.raise({ kind: 'message', friendId, message });
    },
    onArrived: (friendId, ids) => delivery.arrived(friendId, ids),
    onTyping: needs.onTyping,
  });

  async function sayRead(friendId: string, readUpTo: string): Promise<void> {
    const reached =
      !needs.preferences().readReceipts ||
      (await delivery.sendToAll(friendId, { type: 'receipt', delivered: [], readUpTo }));
    if (reached) tellOf(await store.markReadTold(friendId, readUpTo));
  }

  return {
    store,
    delivery,
    inbox,
    tellRead(friendId) {
      const line = needs.line(friendId);
      if (line?.readUpTo && line.readUpTo !== line.readTold) quietly(sayRead(friendId, line.readUpTo));
    },
    async giveUpOnStrangers() {
      for (const friendId of await store.outboxFriends()) {
        if (!needs.isFriend(friendId)) await delivery.giveUp(friendId, { code: 'forbidden' });
      }
    },
  };
}

/** The database failed in the background: what it holds stays, and the next occasion tries again. */
export function quietly(work: Promise<unknown>): void {
  work.catch(() => undefined);
}

function linkReach(at: LinkPhase | undefined): DeviceReach['link'] {
  if (at?.phase === 'open') return { state: 'open', linkId: at.linkId };
  if (at?.phase === 'opening' || at?.phase === 'recovering') return { state: 'opening', since: at.since };
  return { state: 'none' };
}
