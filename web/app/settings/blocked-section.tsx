/** The people who cannot reach one any more. */
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { useValue } from '../use-value.ts';
import { useSettingsWords } from './words.ts';

export function BlockedSection() {
  const { t } = useSpeech();
  const words = useSettingsWords();
  const { people } = useMessenger();
  const sayFailure = useSayFailure();
  const { blocked } = useValue(people.state);
  const unblock = async (id: string, name: string) => {
    const result = await people.unblock(id);
    if (result.ok) say({ text: t.friend.unblocked(name) });
    else sayFailure(result.failure);
  };
  if (blocked.length === 0) return <p className="quiet">{words.blockedEmpty}</p>;
  return (
    <ul>
      {blocked.map((person) => (
        <li key={person.id} className="row device">
          <Avatar id={person.id} name={person.displayName} size="small" />
          <span className="spread">
            <bdi>{person.displayName}</bdi>
          </span>
          <Button look="quiet" onClick={() => void unblock(person.id, person.displayName)}>
            {words.unblock}
          </Button>
        </li>
      ))}
    </ul>
  );
}
