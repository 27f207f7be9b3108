/** Public rooms: found by name, looked at, joined; or opened, if the host lets one. */
import { type FormEvent, useState } from 'react';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { RoomLook } from '../../core/group-model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { GroupFace } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useGroupWords } from './words.ts';

export function Rooms({ onEntered }: { onEntered: (roomId: string) => void }) {
  const { t, format } = useSpeech();
  const { rooms: words, info } = useGroupWords();
  const { groups } = useMessenger();
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [found, setFound] = useState<RoomLook | null>(null);
  const finding = useAction();
  const entering = useAction();
  const none = finding.failure?.code === 'not-found';
  const find = async (event: FormEvent) => {
    event.preventDefault();
    setFound(null);
    entering.clear();
    const room = await finding.run(() => groups.findRoom(name.trim()));
    if (room) setFound(room.value);
  };
  const join = async (room: RoomLook) => {
    const entered = await entering.run(() => groups.joinRoom(room.name));
    if (entered) onEntered(entered.value);
  };
  const open = async () => {
    const opened = await entering.run(() => groups.openRoom(name.trim(), topic.trim()));
    if (!opened) return;
    say({ text: words.opened(name.trim()) });
    onEntered(opened.value);
  };
  const type = (text: string) => {
    setName(text);
    setFound(null);
    finding.clear();
    entering.clear();
  };
  const refused = entering.failure;
  return (
    <div className="stack">
      <p className="quiet">{words.text}</p>
      <form className="row room-find" onSubmit={(event) => void find(event)}>
        <div className="spread">
          <Field
            label={words.name}
            hint={words.nameHint}
            value={name}
            onChange={type}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            error={finding.failure && !none ? failureText(finding.failure, t, format) : null}
          />
        </div>
        <Button type="submit" busy={finding.busy} disabled={name.trim() === ''}>
          {words.find}
        </Button>
      </form>
      {found !== null && <Found room={found} busy={entering.busy} onJoin={() => void join(found)} />}
      {none && (
        <>
          <p role="status">{words.none(name.trim())}</p>
          <Field
            label={info.topic}
            hint={info.topicHint}
            value={topic}
            onChange={setTopic}
            maxLength={LIMITS.topicMax}
          />
          <Button busy={entering.busy} onClick={() => void open()}>
            {words.open}
          </Button>
        </>
      )}
      {refused && (
        <p className="field-help" data-wrong role="alert">
          {refused.code === 'forbidden' && none ? words.mayNotOpen : failureText(refused, t, format)}
        </p>
      )}
    </div>
  );
}

interface FoundProps {
  readonly room: RoomLook;
  readonly busy: boolean;
  readonly onJoin: () => void;
}

function Found({ room, busy, onJoin }: FoundProps) {
  const { join: words, head } = useGroupWords();
  return (
    <section className="room-found" aria-label={room.name}>
      <GroupFace group={{ id: room.id, name: room.name, picture: null }} />
      <div className="spread">
        <bdi className="friend-row-name clip">{room.name}</bdi>
        <p className="quiet">
          {head.members(room.memberCount)}
          {room.topic !== '' && (
            <>
              {' · '}
              <bdi>{room.topic}</bdi>
            </>
          )}
        </p>
      </div>
      <Button look="primary" busy={busy} onClick={onJoin}>
        {words.action}
      </Button>
    </section>
  );
}
