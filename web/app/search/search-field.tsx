/** The field of a search: the arrow keys and Enter work on the results below it, which it names for screen readers. */
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, type Ref, type RefObject, useImperativeHandle, useRef } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { IconButton } from '../ui/button.tsx';
import type { Typed } from './use-typed.ts';
import './search-field.css';

/** What the keys do with the results, whose code comes later than the field. */
export interface ResultsHandle {
  move(step: 1 | -1): void;
  choose(): void;
}

export interface SearchFieldHandle {
  /** With what is in it selected. */
  focus(): void;
}

interface SearchFieldProps {
  readonly ref: Ref<SearchFieldHandle>;
  readonly label: string;
  readonly typed: Typed;
  /** The id of the list of results, and of the one that Enter chooses. */
  readonly listId: string;
  readonly activeId: string | null;
  readonly results: RefObject<ResultsHandle | null>;
  readonly onEscape: () => void;
  readonly onFocus?: () => void;
  /** The arrow down, while nothing is searched for. */
  readonly onDown?: () => void;
  /** As shown, and as told to screen readers. */
  readonly shortcut?: { readonly shown: string; readonly keys: string };
}

/** As much as a search heeds (web/core/search/terms.ts). */
const LONGEST = 200;

export function SearchField(props: SearchFieldProps) {
  const { ref, label, typed, listId, activeId, results, onEscape, onFocus, onDown, shortcut } = props;
  const { t } = useSpeech();
  const input = useRef<HTMLInputElement>(null);
  const open = typed.query.trim() !== '';
  useImperativeHandle(ref, () => ({
    focus: () => {
      input.current?.focus();
      input.current?.select();
    },
  }));
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, the keys are its own (229 is how Safari says the same).
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const act = {
      ArrowDown: () => (open ? results.current?.move(1) : onDown?.()),
      ArrowUp: () => results.current?.move(-1),
      Enter: () => results.current?.choose(),
      Escape: onEscape,
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  return (
    <div className="search" role="search" aria-label={label}>
      <Search size={16} aria-hidden="true" />
      <input
        ref={input}
        className="search-input"
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={LONGEST}
        role="combobox"
        aria-label={label}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={open ? listId : undefined}
        aria-activedescendant={activeId ?? undefined}
        aria-keyshortcuts={shortcut?.keys}
        placeholder={t.search.placeholder}
        value={typed.text}
        onChange={typed.onChange}
        onCompositionEnd={typed.onCompositionEnd}
        onKeyDown={onKeyDown}
        onFocus={onFocus}
        dir="auto"
      />
      {typed.text !== '' && (
        <IconButton label={t.list.clearSearch} icon={<X size={16} />} onClick={typed.clear} />
      )}
      {typed.text === '' && shortcut !== undefined && (
        <kbd className="search-key" aria-hidden="true">
          {shortcut.shown}
        </kbd>
      )}
    </div>
  );
}
