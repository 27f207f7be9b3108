/** Brings more of one's friends into a group. */
import { type FormEvent, useState } from 'react';
import type { Group } from '../../core/model.ts';
import { sortFriends } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Failed } from '../ui/failed.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useValue } from '../use-value.ts';
import { PeoplePicker } from './people-picker.tsx';
import { useGroupWords } from './words.ts';

export function AddMembers({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t } = useSpeech();
  const { details: words, start } = useGroupWords();
  const { groups, people } = useMessenger();
  const { contacts } = useValue(people.state);
  const inside = new Set(group.members.map(({ id }) => id));
  const friends = sortFriends(contacts.filter(({ id, kind }) => kind === 'account' && !inside.has(id)));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { busy, failure, run } = useAction();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await run(() => groups.add(group.id, [...chosen])))) return;
    say({ text: words.added });
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={words.addTitle}>
      <form className="stack" onSubmit={(event) => void add(event)}>
        {friends.length === 0 ? (
          <p className="quiet">{words.allIn}</p>
        ) : (
          <PeoplePicker label={start.whom} friends={friends} chosen={chosen} onChange={setChosen} />
        )}
        <Failed failure={failure} />
        <div className="dialog-actions">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy} disabled={chosen.size === 0}>
            {words.addAction(chosen.size)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
