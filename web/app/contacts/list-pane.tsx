/** The left side: oneself, the search over names and messages, who asks, and the conversations. */
import { UserPlus, UsersRound } from 'lucide-react';
import { lazy, Suspense, useId, useMemo, useRef, useState } from 'react';
import { jumpTo } from '../chat/jump.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { openChat, useRoute } from '../route.ts';
import { type ResultsHandle, SearchField, type SearchFieldHandle } from '../search/search-field.tsx';
import type { Choice } from '../search/search-results.tsx';
import { useTyped } from '../search/use-typed.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';
import { useValue } from '../use-value.ts';
import { EmptyList } from './empty-list.tsx';
import { ChatList } from './chat-list.tsx';
import { MeMenu } from './me-menu.tsx';
import { searchChats, sortChats } from './people.ts';
import { IncomingRequests, OutgoingRequests } from './requests.tsx';
import './contacts.css';

/** Brought in as soon as somebody is about to search. */
const loadResults = () => import('../search/search-results.tsx');
const prepareResults = (): void => {
  // Without success now, the first search loads it.
  loadResults().catch(() => undefined);
};
const SearchResults = lazy(() => loadResults().then((module) => ({ default: module.SearchResults })));
const StartGroup = lazy(() =>
  import('../groups/start-group.tsx').then((module) => ({ default: module.StartGroup })),
);
const AddFriend = lazy(() => import('./add-friend.tsx').then((module) => ({ default: module.AddFriend })));

const onMac = navigator.platform.startsWith('Mac');

export type AddWay = 'name' | 'link' | 'guest';

export function ListPane() {
  const { t } = useSpeech();
  const messenger = useMessenger();
  const people = useValue(messenger.people.state);
  const groups = useValue(messenger.groups.all);
  const conversations = useValue(messenger.conversations);
  const route = useRoute();
  const session = useValue(messenger.session);
  const guest = session.state === 'signed-in' && session.me.kind === 'guest';
  const typed = useTyped();
  const query = typed.query.trim();
  const listId = useId();
  const [activeId, setActiveId] = useState<string | null>(null);
  const field = useRef<SearchFieldHandle>(null);
  const results = useRef<ResultsHandle>(null);
  useShortcut('k', () => field.current?.focus());
  const [adding, setAdding] = useState<{ way: AddWay; name: string } | null>(null);
  const [starting, setStarting] = useState(false);
  const sorted = useMemo(
    () => sortChats(people.contacts, groups.values(), conversations, t.group),
    [people.contacts, groups, conversations, t],
  );
  const found = useMemo(() => searchChats(sorted, query), [sorted, query]);
  const selectedId = route.screen === 'chat' ? route.conversationId : null;
  const nobody = sorted.length === 0;
  const choose = ({ conversationId, messageId }: Choice): void => {
    openChat(conversationId);
    if (messageId !== null) jumpTo({ conversationId, messageId });
  };
  const add = (way: AddWay, name = '') => setAdding({ way, name });

  return (
    <nav className="list-pane" aria-label={t.list.title}>
      <header className="list-head">
        <MeMenu />
        {!guest && (
          <>
            <IconButton
              label={t.group.start}
              icon={<UsersRound size={20} />}
              onClick={() => setStarting(true)}
            />
            <IconButton label={t.add.title} icon={<UserPlus size={20} />} onClick={() => add('name')} />
          </>
        )}
      </header>
      {!nobody && (
        <SearchField
          ref={field}
          label={t.list.search}
          typed={typed}
          listId={listId}
          activeId={activeId}
          results={results}
          onEscape={typed.clear}
          onFocus={prepareResults}
          onDown={() => document.querySelector<HTMLElement>('.friend-list [data-index="0"]')?.focus()}
          shortcut={onMac ? { shown: '⌘K', keys: 'Meta+K' } : { shown: 'Ctrl K', keys: 'Control+K' }}
        />
      )}
      {query === '' ? (
        <>
          <IncomingRequests requests={people.incoming} />
          {nobody && people.loaded && !guest && <EmptyList onAdd={add} />}
          {!nobody && <ChatList chats={sorted} selectedId={selectedId} />}
          <OutgoingRequests requests={people.outgoing} />
        </>
      ) : (
        <Suspense fallback={<div className="friend-list" />}>
          <SearchResults
            ref={results}
            id={listId}
            query={query}
            conversationId={null}
            chats={found}
            onChoose={choose}
            onActive={setActiveId}
            otherwise={
              !guest && (
                <Button icon={<UserPlus size={16} />} onClick={() => add('name', query)}>
                  {t.list.addByName(query)}
                </Button>
              )
            }
          />
        </Suspense>
      )}
      <Suspense fallback={null}>
        {starting && <StartGroup onClose={() => setStarting(false)} />}
        {adding !== null && (
          <AddFriend initialWay={adding.way} initialName={adding.name} onClose={() => setAdding(null)} />
        )}
      </Suspense>
    </nav>
  );
}
