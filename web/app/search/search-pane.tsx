/** The search within one conversation, beside it, or over it on a phone. */
import { ArrowLeft, X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { jumpTo } from '../chat/jump.ts';
import type { Partner } from '../chat/partner.ts';
import type { Chat } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { goBack } from '../route.ts';
import { IconButton } from '../ui/button.tsx';
import { useEscape, useShortcut } from '../ui/use-shortcut.ts';
import { type ResultsHandle, SearchField, type SearchFieldHandle } from './search-field.tsx';
import { type Choice, SearchResults } from './search-results.tsx';
import { useTyped } from './use-typed.ts';
import { useSearchWords } from './words.ts';
import './search-pane.css';

/** As the style sheet (chat.css): there is no room beside the conversation. */
const coversChat = (): boolean => matchMedia('(max-width: 68.74em)').matches;

export function SearchPane({ partner }: { partner: Partner }) {
  const { t } = useSpeech();
  const words = useSearchWords();
  const typed = useTyped();
  const listId = useId();
  const [activeId, setActiveId] = useState<string | null>(null);
  const field = useRef<SearchFieldHandle>(null);
  const results = useRef<ResultsHandle>(null);
  const close = () => goBack({ screen: 'chat', conversationId: partner.id, side: 'none' });
  useEscape(close);
  useShortcut('f', () => field.current?.focus());
  useEffect(() => {
    const before = document.activeElement;
    field.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const choose = ({ messageId }: Choice): void => {
    if (messageId === null) return;
    jumpTo({ conversationId: partner.id, messageId });
    if (coversChat()) close();
  };
  return (
    <aside className="search-pane" aria-label={words.inside(partner.name)}>
      <header className="pane-head">
        <IconButton
          className="only-narrow"
          label={t.common.back}
          icon={<ArrowLeft size={20} />}
          onClick={close}
        />
        <SearchField
          ref={field}
          label={words.inside(partner.name)}
          typed={typed}
          listId={listId}
          activeId={activeId}
          results={results}
          onEscape={close}
        />
        <IconButton className="only-wide" label={t.common.close} icon={<X size={20} />} onClick={close} />
      </header>
      {typed.query.trim() === '' ? (
        <p className="search-hint quiet">{words.hint}</p>
      ) : (
        <SearchResults
          ref={results}
          id={listId}
          query={typed.query}
          conversationId={partner.id}
          chats={NO_CHATS}
          onChoose={choose}
          onActive={setActiveId}
        />
      )}
    </aside>
  );
}

const NO_CHATS: readonly Chat[] = [];
