/** Public rooms: browsed, looked for by a part of the name, joined; or opened, if the host lets one. */
import { useState } from 'react';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { isRoomName } from '../../../signaling/protocol/group-log.ts';
import type { RoomLook } from '../../core/group-model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { GroupFace } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Failed } from '../ui/failed.tsx';
import { Field } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useValue } from '../use-value.ts';
import { useRooms } from './use-rooms.ts';
import { useGroupWords } from './words.ts';

export function Rooms({ onEntered }: { onEntered: (roomId: string) => void }) {
  const { t, format } = useSpeech();
  const { rooms: words } = useGroupWords();
  const { groups } = useMessenger();
  const known = useValue(groups.all);
  const [typed, setTyped] = useState('');
  const { list, part, failure, again } = useRooms(typed.trim());
  const entering = useAction();
  const join = async ({ id, name }: RoomLook) => {
    if ((known.get(id)?.myRole ?? null) !== null) return onEntered(id);
    const entered = await entering.run(() => groups.joinRoom(name));
    if (entered) onEntered(entered.value);
  };
  const rooms = list?.rooms ?? [];
  const nowhere = list !== null && rooms.length === 0;
  return (
    <div className="stack">
      <p className="quiet">{words.text}</p>
      <Field
        label={words.find}
        hint={words.findHint}
        value={typed}
        onChange={setTyped}
        maxLength={LIMITS.roomPartMax}
        type="search"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
      />
      {failure !== null && (
        <p role="alert">
          {failureText(failure, t, format)} <Button onClick={again}>{t.common.tryAgain}</Button>
        </p>
      )}
      {list === null && failure === null && <p className="quiet">{words.looking}</p>}
      {nowhere && <p role="status">{part === '' ? words.empty : words.none(part)}</p>}
      {rooms.length > 0 && (
        <ul className="room-list" aria-label={words.list}>
          {rooms.map((room) => (
            <li key={room.id}>
              <Room
                room={room}
                isIn={(known.get(room.id)?.myRole ?? null) !== null}
                busy={entering.busy}
                onJoin={() => void join(room)}
              />
            </li>
          ))}
        </ul>
      )}
      {list?.more === true && <p className="quiet">{words.more}</p>}
      <Failed failure={entering.failure} />
      {list?.mayOpen === true && part !== '' && !rooms.some(({ name }) => name === part) && (
        <OpenRoom name={part} onOpened={onEntered} />
      )}
    </div>
  );
}

interface RoomProps {
  readonly room: RoomLook;
  readonly isIn: boolean;
  readonly busy: boolean;
  readonly onJoin: () => void;
}

function Room({ room, isIn, busy, onJoin }: RoomProps) {
  const { rooms: words, join, head } = useGroupWords();
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
      <Button look={isIn ? 'quiet' : 'plain'} disabled={busy} onClick={onJoin}>
        {isIn ? words.goIn : join.action}
      </Button>
    </section>
  );
}

/** For whom the host allows it. */
function OpenRoom({ name, onOpened }: { name: string; onOpened: (roomId: string) => void }) {
  const { t, format } = useSpeech();
  const { rooms: words, info } = useGroupWords();
  const { groups } = useMessenger();
  const [topic, setTopic] = useState('');
  const { busy, failure, run } = useAction();
  if (!isRoomName(name)) return <p className="quiet">{words.nameRules}</p>;
  const open = async () => {
    const opened = await run(() => groups.openRoom(name, topic.trim()));
    if (!opened) return;
    say({ text: words.opened(name) });
    onOpened(opened.value);
  };
  return (
    <>
      <Field
        label={info.topic}
        hint={info.topicHint}
        value={topic}
        onChange={setTopic}
        maxLength={LIMITS.topicMax}
        error={failure && failureText(failure, t, format)}
      />
      <Button busy={busy} onClick={() => void open()}>
        {words.open(name)}
      </Button>
    </>
  );
}
