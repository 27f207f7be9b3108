/** Chooses some of one's friends. */
import { useState } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import { nameOf, searchFriends } from '../contacts/people.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Field } from '../ui/field.tsx';
import { useGroupWords } from './words.ts';

interface PeoplePickerProps {
  readonly label: string;
  readonly friends: readonly Contact[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

/** Fewer are seen at once. */
const SEARCHED_FROM = 8;

export function PeoplePicker({ label, friends, chosen, onChange }: PeoplePickerProps) {
  const { start: words } = useGroupWords();
  const [query, setQuery] = useState('');
  const shown = searchFriends(friends, query);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  };
  return (
    <fieldset className="people-picker">
      <legend>{label}</legend>
      {friends.length >= SEARCHED_FROM && (
        <Field label={words.find} value={query} onChange={setQuery} autoComplete="off" />
      )}
      <div className="people-choices">
        {shown.map((friend) => (
          <label key={friend.id} className="people-choice">
            <input type="checkbox" checked={chosen.has(friend.id)} onChange={() => toggle(friend.id)} />
            <Avatar id={friend.id} name={nameOf(friend)} size="small" presence={friend.presence.state} />
            <bdi className="clip">{nameOf(friend)}</bdi>
          </label>
        ))}
        {shown.length === 0 && <p className="quiet">{words.noMatch}</p>}
      </div>
      <p className="quiet" role="status">
        {chosen.size > 0 && words.chosen(chosen.size)}
      </p>
    </fieldset>
  );
}
