/** The chooser of people above the composer, while an `@` and the beginning of a name are being typed. */
import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useRef, useState } from 'react';
import { Avatar } from '../ui/avatar.tsx';
import { type Mentionable, matching, type Wanted, wantedAt } from './mentions.ts';
import { useChatWords } from './words.ts';
import './mentions.css';

/** More are found by typing on. */
const MOST = 6;

export function useMentions(
  area: RefObject<HTMLTextAreaElement | null>,
  text: string,
  onText: (text: string) => void,
  people: readonly Mentionable[],
) {
  const id = useId();
  const words = useChatWords();
  const [caret, setCaret] = useState(0);
  const [place, setPlace] = useState({ query: '', index: 0 });
  /** The `@` whose chooser was closed. */
  const [closed, setClosed] = useState<number | null>(null);
  /** Where the caret belongs once the text is there: before the next key is typed. */
  const wantedCaret = useRef<number | null>(null);
  useLayoutEffect(() => {
    const end = wantedCaret.current;
    wantedCaret.current = null;
    if (end !== null) area.current?.setSelectionRange(end, end);
  }, [area, text]);
  const wanted = people.length === 0 ? null : wantedAt(text, Math.min(caret, text.length));
  const found = wanted === null || wanted.from === closed ? [] : matching(people, wanted.query, MOST);
  const open = wanted !== null && found.length > 0;
  const active = place.query === wanted?.query ? Math.min(place.index, found.length - 1) : 0;

  const choose = ({ from, to }: Wanted, { name }: Mentionable): void => {
    const after = text.slice(to);
    const named = `@${name}${after.startsWith(' ') ? '' : ' '}`;
    onText(text.slice(0, from) + named + after);
    const end = from + named.length;
    setCaret(end);
    setClosed(from);
    wantedCaret.current = end;
  };
  /** True if the key was for the chooser. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const person = found[active];
    if (step !== undefined) {
      setPlace({ query: wanted.query, index: (active + step + found.length) % found.length });
    } else if (event.key === 'Escape') {
      setClosed(wanted.from);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && person) {
      choose(wanted, person);
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return {
    onKeyDown,
    onSelect: () => {
      const at = area.current?.selectionStart ?? 0;
      setCaret(at);
      if (closed !== null && (at <= closed || text[closed] !== '@')) setClosed(null);
    },
    onBlur: () => setCaret(0),
    field: open
      ? ({
          'aria-controls': id,
          'aria-autocomplete': 'list',
          'aria-activedescendant': `${id}-${active}`,
        } as const)
      : {},
    list: open && (
      <div className="mention-list" id={id} role="listbox" aria-label={words.mention}>
        {found.map((person, index) => (
          // The keys work in the field, which keeps the focus.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={person.id}
            id={`${id}-${index}`}
            className="mention-option"
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(wanted, person)}
          >
            <Avatar id={person.id} name={person.name} size="small" />
            <bdi className="clip">{person.name}</bdi>
          </div>
        ))}
      </div>
    ),
  };
}
