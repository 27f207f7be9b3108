/** The leading tab's list of people: what the server says of it, shown in all tabs, saved, and told of where it is news. */
import type { Contact } from '../../signaling/protocol/http.ts';
import type { ServerMessage } from '../../signaling/protocol/socket.ts';
import type { Notice, PeopleState, Preferences } from './model.ts';
import { withChange, withList, withPresence } from './people/list.ts';
import { newsOfChange, newsOfPresence } from './people/news.ts';
import type { Timers } from './platform.ts';
import type { Scope } from './scope.ts';
import type { LiveState } from './tabs/bus.ts';

type Said<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

interface Needs {
  readonly timers: Timers;
  readonly scope: Scope;
  readonly live: () => LiveState;
  readonly publish: (change: Partial<LiveState>) => void;
  readonly preferences: () => Preferences;
  readonly raise: (notice: Notice) => void;
  readonly save: (people: PeopleState) => void;
  readonly onShown: () => void;
  /** A friend came online, or one of their devices did. */
  readonly onCame: (friendId: string) => void;
  /** Somebody is no friend any more. */
  readonly onParted: () => void;
}

export interface LeaderPeople {
  readonly contact: (id: string) => Contact | null;
  takeList(message: Said<'welcome'>): void;
  takePresence(message: Said<'presence'>): void;
  takeChange(message: Said<'list-change'>): void;
}

/** Saving the list waits this long for further changes: presence comes in bursts. */
const SAVE_WAIT = 1_000;

export function startPeople({ timers, scope, live, publish, ...needs }: Needs): LeaderPeople {
  /** User names of those who were asked to be friends from here. */
  const asked = new Set<string>();
  let cancelSave: (() => void) | null = null;
  scope.own(() => cancelSave?.());

  function show(people: PeopleState): void {
    const before = live().people;
    publish({ people });
    for (const { userName } of people.outgoing) asked.add(userName);
    cancelSave ??= timers.after(SAVE_WAIT, () => {
      cancelSave = null;
      needs.save(live().people);
    });
    needs.onShown();
    for (const { id, presence } of people.contacts) {
      const known = before.contacts.find((each) => each.id === id);
      if (known?.presence !== presence && presence.devices.length > 0) needs.onCame(id);
    }
  }

  return {
    contact: (id) => live().people.contacts.find((each) => each.id === id) ?? null,
    takeList: ({ list }) => show(withList(list)),
    takePresence({ userId, presence }) {
      const { people } = live();
      const news = newsOfPresence(people, userId, presence);
      show(withPresence(people, userId, presence));
      if (news && needs.preferences().friendOnlineNotice) needs.raise(news);
    },
    takeChange({ change }) {
      const { people } = live();
      const news = newsOfChange(people, change, asked);
      show(withChange(people, change));
      if (news) needs.raise(news);
      if (change.kind === 'contact-removed') needs.onParted();
    },
  };
}
