/** A new group of friends, or the way into a public room. */
import { Tabs } from '@base-ui/react/tabs';
import { type FormEvent, useState } from 'react';
import { GROUP_NAME_MAX } from '../../core/group-model.ts';
import { sortFriends } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { openChat } from '../route.ts';
import { Button } from '../ui/button.tsx';
import { Failed } from '../ui/failed.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { useAction } from '../ui/use-action.ts';
import { useValue } from '../use-value.ts';
import { PeoplePicker } from './people-picker.tsx';
import { PictureField } from './picture-field.tsx';
import { Rooms } from './rooms.tsx';
import { useGroupWords } from './words.ts';
import '../ui/tabs.css';
import './groups.css';

export function StartGroup({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const { start: words } = useGroupWords();
  const enter = (groupId: string) => {
    onClose();
    openChat(groupId);
  };
  return (
    <Dialog open onClose={onClose} title={t.group.start}>
      <Tabs.Root defaultValue="group" className="stack">
        <Tabs.List className="tabs" activateOnFocus aria-label={t.group.start}>
          <Tabs.Tab value="group" className="tab">
            {words.newGroup}
          </Tabs.Tab>
          <Tabs.Tab value="rooms" className="tab">
            {words.rooms}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="group">
          <NewGroup onMade={enter} />
        </Tabs.Panel>
        <Tabs.Panel value="rooms">
          <Rooms onEntered={enter} />
        </Tabs.Panel>
      </Tabs.Root>
    </Dialog>
  );
}

function NewGroup({ onMade }: { onMade: (groupId: string) => void }) {
  const { start: words, info } = useGroupWords();
  const { groups, people } = useMessenger();
  const { contacts } = useValue(people.state);
  const friends = sortFriends(contacts.filter(({ kind }) => kind === 'account'));
  const [name, setName] = useState('');
  const [picture, setPicture] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [missing, setMissing] = useState(false);
  const { busy, failure, run } = useAction();
  const make = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(name.trim() === '');
    if (name.trim() === '') return;
    const made = await run(() => groups.create({ name: name.trim(), topic: '', picture }, [...chosen]));
    if (made) onMade(made.value);
  };
  return (
    <form className="stack" onSubmit={(event) => void make(event)} noValidate>
      <PictureField id={name} name={name} picture={picture} onChange={setPicture} />
      <Field
        label={info.name}
        hint={info.sealed}
        value={name}
        onChange={setName}
        maxLength={GROUP_NAME_MAX}
        autoComplete="off"
        required
        error={missing && name.trim() === '' ? words.nameMissing : null}
      />
      {friends.length === 0 ? (
        <p className="quiet">{words.nobody}</p>
      ) : (
        <PeoplePicker label={words.whom} friends={friends} chosen={chosen} onChange={setChosen} />
      )}
      <Failed failure={failure} />
      <Button type="submit" look="primary" busy={busy}>
        {words.make}
      </Button>
    </form>
  );
}
