/** Three ways to a friend: their user name, an invite link, a link for a guest. */
import { Tabs } from '@base-ui/react/tabs';
import { type FormEvent, useState } from 'react';
import { parseUserName } from '../../../signaling/protocol/user-name.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { InviteLink } from './invite-link.tsx';
import type { AddWay } from './list-pane.tsx';
import { useContactWords } from './words.ts';
import '../ui/tabs.css';
import './add-friend.css';

interface AddFriendProps {
  readonly initialWay: AddWay;
  readonly initialName: string;
  readonly onClose: () => void;
}

export function AddFriend({ initialWay, initialName, onClose }: AddFriendProps) {
  const { t } = useSpeech();
  const words = useContactWords();
  const ways: readonly (readonly [AddWay, string])[] = [
    ['name', words.add.byName],
    ['link', words.add.byLink],
    ['guest', words.add.byGuest],
  ];
  return (
    <Dialog open onClose={onClose} title={t.add.title}>
      <Tabs.Root defaultValue={initialWay} className="stack">
        <Tabs.List className="tabs" activateOnFocus aria-label={t.add.title}>
          {ways.map(([way, label]) => (
            <Tabs.Tab key={way} value={way} className="tab">
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="name">
          <ByName initial={initialName} onDone={onClose} />
        </Tabs.Panel>
        <Tabs.Panel value="link">
          <InviteLink kind="friend" />
        </Tabs.Panel>
        <Tabs.Panel value="guest">
          <InviteLink kind="guest" />
        </Tabs.Panel>
      </Tabs.Root>
    </Dialog>
  );
}

function ByName({ initial, onDone }: { initial: string; onDone: () => void }) {
  const { t, format } = useSpeech();
  const words = useContactWords();
  const { people } = useMessenger();
  const [name, setName] = useState(initial);
  const [problem, setProblem] = useState<string | null>(null);
  const { busy, failure, run, clear } = useAction();
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const parsed = parseUserName(name);
    if (!parsed.ok) return setProblem(t.failures[parsed.problem]);
    if (!(await run(() => people.request(parsed.name)))) return;
    say({ text: words.add.sent(parsed.name) });
    onDone();
  };
  const change = (value: string) => {
    setName(value);
    setProblem(null);
    clear();
  };
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <Field
        label={words.add.nameLabel}
        hint={words.add.nameHint}
        value={name}
        onChange={change}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        error={problem ?? (failure && failureText(failure, t, format))}
      />
      <Button type="submit" look="primary" busy={busy} disabled={name.trim() === ''}>
        {words.add.send}
      </Button>
    </form>
  );
}
