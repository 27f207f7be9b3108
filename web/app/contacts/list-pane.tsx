/** The left side: oneself, the search, who asks, and the friends. */
import { Search, UserPlus, X } from 'lucide-react';
import { type KeyboardEvent, lazy, Suspense, useMemo, useRef, useState } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { openChat, useRoute } from '../route.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';
import { useValue } from '../use-value.ts';
import { EmptyList } from './empty-list.tsx';
import { FriendList } from './friend-list.tsx';
import { MeMenu } from './me-menu.tsx';
import { searchContacts, sortContacts } from './people.ts';
import { IncomingRequests, OutgoingRequests } from './requests.tsx';
import './contacts.css';

const AddFriend = lazy(() => import('./add-friend.tsx').then((module) => ({ default: module.AddFriend })));

export type AddWay = 'name' | 'link' | 'guest';

export function ListPane() {
  const { t } = useSpeech();
  const messenger = useMessenger();
  const people = useValue(messenger.people.state);
  const conversations = useValue(messenger.conversations);
  const route = useRoute();
  const session = useValue(messenger.session);
  const guest = session.state === 'signed-in' && session.me.kind === 'guest';
  const [search, setSearch] = useState('');
  const [adding, setAdding] = useState<{ way: AddWay; name: string } | null>(null);
  const sorted = useMemo(
    () => sortContacts(people.contacts, conversations),
    [people.contacts, conversations],
  );
  const found = useMemo(() => searchContacts(sorted, search), [sorted, search]);
  const selectedId = route.screen === 'chat' ? route.friendId : null;
  const nobody = people.contacts.length === 0;
  const add = (way: AddWay, name = '') => setAdding({ way, name });

  return (
    <nav className="list-pane" aria-label={t.list.title}>
      <header className="list-head">
        <MeMenu />
        {!guest && (
          <IconButton label={t.add.title} icon={<UserPlus size={20} />} onClick={() => add('name')} />
        )}
      </header>
      {!nobody && (
        <SearchBox value={search} onChange={setSearch} onEnter={() => found[0] && openChat(found[0].id)} />
      )}
      <IncomingRequests requests={people.incoming} />
      {nobody && people.loaded && !guest && <EmptyList onAdd={add} />}
      {!nobody && found.length > 0 && <FriendList friends={found} selectedId={selectedId} />}
      {!nobody && found.length === 0 && (
        <div className="no-match">
          <p className="quiet">{t.list.noMatch(search.trim())}</p>
          {!guest && (
            <Button icon={<UserPlus size={16} />} onClick={() => add('name', search.trim())}>
              {t.list.addByName(search.trim())}
            </Button>
          )}
        </div>
      )}
      <OutgoingRequests requests={people.outgoing} />
      <Suspense fallback={null}>
        {adding !== null && (
          <AddFriend initialWay={adding.way} initialName={adding.name} onClose={() => setAdding(null)} />
        )}
      </Suspense>
    </nav>
  );
}

interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter: () => void;
}

function SearchBox({ value, onChange, onEnter }: SearchBoxProps) {
  const { t } = useSpeech();
  const input = useRef<HTMLInputElement>(null);
  useShortcut('k', () => input.current?.focus());
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') onEnter();
    if (event.key === 'Escape') onChange('');
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      document.querySelector<HTMLElement>('.friend-list [data-index="0"]')?.focus();
    }
  };
  return (
    <div className="search" role="search">
      <Search size={16} aria-hidden="true" />
      <input
        ref={input}
        className="search-input"
        type="text"
        inputMode="search"
        enterKeyHint="search"
        aria-label={t.list.search}
        aria-keyshortcuts="Control+K"
        placeholder={t.list.search}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        dir="auto"
      />
      {value === '' ? (
        <kbd className="search-key" aria-hidden="true">
          {t.list.searchShortcut}
        </kbd>
      ) : (
        <IconButton label={t.list.clearSearch} icon={<X size={16} />} onClick={() => onChange('')} />
      )}
    </div>
  );
}
