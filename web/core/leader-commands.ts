/** What the tabs tell the leading one to do, handed to whom it is for. */
import type { LeaderFiles } from './leader-files.ts';
import type { LeaderGroups } from './leader-groups.ts';
import type { LeaderSecurity } from './leader-security.ts';
import type { LeaderTalk } from './leader-talk.ts';
import type { Links } from './link/links.ts';
import type { OwnPresence } from './own-presence.ts';
import type { Siblings } from './siblings.ts';
import type { Socket } from './signaling/socket.ts';
import type { Snapshots } from './snapshots.ts';
import type { Command, LiveState } from './tabs/bus.ts';

interface Needs {
  readonly live: () => LiveState;
  readonly publish: (change: Pick<LiveState, 'me'>) => void;
  readonly socket: Pick<Socket, 'retryNow'>;
  readonly presence: Pick<OwnPresence, 'choose'>;
  readonly links: Pick<Links, 'retry'>;
  readonly groups: Pick<LeaderGroups, 'members'>;
  readonly siblings: Pick<Siblings, 'fetchAll' | 'cancel'>;
  readonly snapshots: Pick<Snapshots, 'run'>;
  readonly security: Pick<LeaderSecurity, 'take'>;
  /** Null without the browser's storage, as are files. */
  readonly talk: LeaderTalk | null;
  readonly files: LeaderFiles | null;
  readonly onAdded: (conversationId: string) => void;
}

export function createCommands(needs: Needs): (command: Command) => void {
  const { live, publish, socket, links, groups, siblings, snapshots, talk, files } = needs;
  return (asked) => {
    switch (asked.type) {
      case 'added':
        talk?.delivery.added(asked.conversationId, asked.letters);
        needs.onAdded(asked.conversationId);
        return;
      case 'discarded':
        talk?.delivery.dropped(asked.conversationId, asked.ids);
        return;
      case 'typing':
        talk?.tellTyping(asked.conversationId, asked.typing);
        return;
      case 'read':
        talk?.tellRead(asked.conversationId);
        return;
      case 'retry-link':
        socket.retryNow();
        for (const id of groups.members(asked.conversationId) ?? [asked.conversationId]) links.retry(id);
        return;
      case 'presence':
        publish({ me: { ...live().me, presence: asked.chosen } });
        needs.presence.choose(asked.chosen);
        return;
      case 'reconnect':
        socket.retryNow();
        return;
      case 'errand':
        needs.security.take(asked.errand);
        return;
      case 'history':
        siblings[asked.act]();
        if (asked.act === 'cancel') snapshots.run('cancel');
        return;
      case 'snapshot':
        snapshots.run(asked.act);
        return;
      case 'offer':
      case 'transfer':
      case 'accept-file':
      case 'file-saved':
        files?.command(asked);
    }
  };
}
