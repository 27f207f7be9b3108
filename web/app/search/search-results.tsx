/** What a search found: friends and groups by name, then messages, the newest first, each with the place where it says so. */
import { Paperclip } from 'lucide-react';
import {
  type ReactNode,
  type Ref,
  type UIEvent,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { SearchHit } from '../../core/model.ts';
import { excerptOf } from '../../core/search/excerpt.ts';
import { searchedText } from '../../core/search/searched-text.ts';
import { type Term, termsOf } from '../../core/search/terms.ts';
import { useFindPartner } from '../chat/use-partner.ts';
import type { Chat } from '../contacts/people.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { Avatar, GroupFace } from '../ui/avatar.tsx';
import { useMinutes } from '../ui/use-now.ts';
import type { ResultsHandle } from './search-field.tsx';
import { type Found, useSearch } from './use-search.ts';
import { useSearchWords } from './words.ts';
import './search-results.css';

export interface Choice {
  readonly conversationId: string;
  /** Null for the conversation as such. */
  readonly messageId: string | null;
}

interface SearchResultsProps {
  readonly ref: Ref<ResultsHandle>;
  readonly id: string;
  readonly query: string;
  /** Whose conversation; null for all of them. */
  readonly conversationId: string | null;
  /** Those whose name was found. */
  readonly chats: readonly Chat[];
  readonly onChoose: (choice: Choice) => void;
  /** The id of the result that Enter chooses. */
  readonly onActive: (id: string | null) => void;
  /** Stands below the sentence that nothing was found. */
  readonly otherwise?: ReactNode;
}

/** A name that is not among these is typed a little further. */
const CHATS_MAX = 20;
/** Nearer than this to the end of the list, the next page is loaded, in pixels. */
const LOAD_AHEAD = 600;

export function SearchResults(props: SearchResultsProps) {
  const { ref, id, query, conversationId, onChoose, onActive, otherwise } = props;
  const words = useSearchWords();
  const found = useSearch(query, conversationId);
  const chats = props.chats.slice(0, CHATS_MAX);
  const list = useRef<HTMLDivElement>(null);
  const count = chats.length + found.hits.length;
  const [place, setPlace] = useState({ query, index: 0 });
  const active = Math.min(place.query === query ? place.index : 0, count - 1);
  const terms = useMemo(() => termsOf(found.text), [found.text]);

  const choose = (index: number): void => {
    setPlace({ query, index });
    const chat = chats[index];
    const hit = found.hits[index - chats.length];
    if (chat) onChoose({ conversationId: chat.id, messageId: null });
    else if (hit) onChoose({ conversationId: hit.conversationId, messageId: hit.id });
  };
  const move = (step: 1 | -1): void => {
    const index = Math.max(0, Math.min(count - 1, active + step));
    setPlace({ query, index });
    list.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useImperativeHandle(ref, () => ({ move, choose: () => choose(active) }));
  const activeId = active < 0 ? null : `${id}-${active}`;
  useEffect(() => {
    onActive(activeId);
    return () => onActive(null);
  }, [onActive, activeId]);
  const onScroll = ({ currentTarget: box }: UIEvent): void => {
    if (found.more && box.scrollHeight - box.scrollTop - box.clientHeight < LOAD_AHEAD) found.loadMore();
  };
  const optionAt = (index: number): OptionProps => ({
    id: `${id}-${index}`,
    index,
    active: index === active,
    onChoose: choose,
  });

  return (
    <div className="results" ref={list} onScroll={onScroll}>
      <Progress found={found} />
      <div id={id} role="listbox" aria-label={words.results}>
        {chats.length > 0 && (
          <section role="group" aria-label={words.friends}>
            <h3 className="section-name" aria-hidden="true">
              {words.friends}
            </h3>
            {chats.map((chat, index) => (
              <ChatOption key={chat.id} chat={chat} {...optionAt(index)} />
            ))}
          </section>
        )}
        {found.hits.length > 0 && (
          <section role="group" aria-label={words.messages}>
            {conversationId === null && (
              <h3 className="section-name" aria-hidden="true">
                {words.messages}
              </h3>
            )}
            {found.hits.map((hit, index) => (
              <HitOption
                key={`${hit.conversationId} ${hit.id}`}
                hit={hit}
                terms={terms}
                inside={conversationId !== null}
                {...optionAt(chats.length + index)}
              />
            ))}
          </section>
        )}
      </div>
      {count === 0 && found.text === query && <Nothing found={found}>{otherwise}</Nothing>}
    </div>
  );
}

/** For everybody what is still to be waited for; for screen readers also how much was found. */
function Progress({ found }: { found: Found }) {
  const { format } = useSpeech();
  const words = useSearchWords();
  const { hits, more, building, searching, text } = found;
  const waiting = searching && hits.length === 0;
  return (
    <>
      <p className="results-wait quiet" role="status">
        {waiting && words.searching}
        {!searching && text !== '' && (
          <span className="visually-hidden">
            {more ? words.countMore(hits.length) : words.count(hits.length)}
          </span>
        )}
      </p>
      {building !== null && (
        <p className="results-building quiet">
          {words.building(format.number(Math.floor((100 * building.done) / Math.max(1, building.total))))}
        </p>
      )}
    </>
  );
}

function Nothing({ found, children }: { found: Found; children: ReactNode }) {
  const { t, format } = useSpeech();
  const words = useSearchWords();
  return (
    <div className="no-match">
      <p className="quiet">
        {found.failure === null ? words.nothing(found.text.trim()) : failureText(found.failure, t, format)}
      </p>
      {children}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly index: number;
  readonly active: boolean;
  readonly onChoose: (index: number) => void;
}

function Option({ id, index, active, onChoose, children }: OptionProps & { readonly children: ReactNode }) {
  return (
    // The keys work in the field, which keeps the focus.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      className="result"
      role="option"
      tabIndex={-1}
      aria-selected={active}
      data-index={index}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onChoose(index)}
    >
      {children}
    </div>
  );
}

function ChatOption({ chat, ...option }: OptionProps & { readonly chat: Chat }) {
  return (
    <Option {...option}>
      {chat.kind === 'friend' ? (
        <Avatar id={chat.id} name={chat.name} presence={chat.friend.presence.state} />
      ) : (
        <GroupFace group={chat.group} />
      )}
      <bdi className="result-name clip">{chat.name}</bdi>
    </Option>
  );
}

interface HitOptionProps extends OptionProps {
  readonly hit: SearchHit;
  readonly terms: readonly Term[];
  /** In the conversation itself: there the name says who wrote it. */
  readonly inside: boolean;
}

function HitOption({ hit, terms, inside, ...option }: HitOptionProps) {
  const { t, format } = useSpeech();
  const words = useSearchWords();
  const now = useMinutes();
  const partner = useFindPartner()(hit.conversationId);
  const name = partner?.name ?? words.former;
  const who = partner?.nameOf(hit.author) ?? words.former;
  const mine = hit.author === 'me';
  return (
    <Option {...option}>
      {!inside &&
        (partner?.group ? (
          <GroupFace group={partner.group} size="small" />
        ) : (
          <Avatar id={hit.conversationId} name={name} size="small" />
        ))}
      <span className="result-text">
        <span className="result-top">
          <bdi className="result-name clip">{inside ? who : name}</bdi>
          <time className="result-time" dateTime={new Date(hit.at).toISOString()}>
            {format.short(hit.at, now)}
          </time>
        </span>
        <span className="result-excerpt" dir="auto">
          {!inside && mine && t.list.you}
          {!inside && !mine && partner?.group && t.chat.said(who, '')}
          {hit.body.kind === 'file' && <Paperclip className="result-file" size={13} aria-hidden="true" />}
          <Excerpt hit={hit} terms={terms} />
        </span>
      </span>
    </Option>
  );
}

function Excerpt({ hit, terms }: Pick<HitOptionProps, 'hit' | 'terms'>) {
  const parts = useMemo(() => excerptOf(searchedText(hit), terms), [hit, terms]);
  // A part has no identity but its place.
  return parts.map(({ text, found }, index) =>
    // oxlint-disable-next-line react/no-array-index-key
    found ? <mark key={index}>{text}</mark> : text,
  );
}
