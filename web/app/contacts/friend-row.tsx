/** One friend in the list: who, whether they are there, what was said last, and how it would go to them. */
import { memo } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { ConversationSummary, PathState, Trust } from '../../core/model.ts';
import { friendAsPartner, lineOf } from '../chat/partner.ts';
import { useSpeech } from '../i18n/index.ts';
import { Line } from '../network/line.tsx';
import { TrustMark } from '../security/trust-mark.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { ChatRow, LastWords, type RowPlace } from './chat-row.tsx';
import { MutedMark } from './muted-mark.tsx';
import { nameOf, presenceText } from './people.ts';

interface FriendRowProps extends RowPlace {
  readonly friend: Contact;
  readonly summary: ConversationSummary | undefined;
  readonly path: PathState['path'] | undefined;
  readonly trust: Trust | undefined;
}

export const FriendRow = memo(function FriendRow({ friend, summary, path, trust, ...place }: FriendRowProps) {
  const { t, format } = useSpeech();
  const name = nameOf(friend);
  return (
    <ChatRow
      {...place}
      id={friend.id}
      summary={summary}
      muted={friend.muted === true}
      marks={<MutedMark muted={friend.muted === true} />}
      face={<Avatar id={friend.id} name={name} presence={friend.presence.state} />}
      top={
        <>
          <bdi className="friend-row-name clip">{name}</bdi>
          <TrustMark trust={trust} />
          <span className="visually-hidden">, {presenceText(friend, t, format, place.now)}, </span>
          {path !== undefined && path !== 'idle' && (
            <span className="friend-row-line" data-path={path} title={t.path.word[path]}>
              <Line path={path} small />
              <span className="visually-hidden">{t.path.word[path]}</span>
            </span>
          )}
        </>
      }
      words={
        <LastWords summary={summary}>
          <FriendsLast friend={friend} summary={summary} />
        </LastWords>
      }
    />
  );
});

function FriendsLast({ friend, summary }: Pick<FriendRowProps, 'friend' | 'summary'>) {
  const speech = useSpeech();
  const { t } = speech;
  const last = summary?.last ?? null;
  if (last === null) return <bdi>{friend.presence.statusText || t.list.noMessages}</bdi>;
  return (
    <>
      {last.author === 'me' && t.list.you}
      <bdi>{lineOf(last, friendAsPartner(friend.id, nameOf(friend), '', speech.t), speech)}</bdi>
    </>
  );
}
