/** The head of a conversation: the two people, the line between them, and how things stand. */
import { ArrowLeft, Info, Search } from 'lucide-react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { Conversation } from '../../core/model.ts';
import { CallButtons } from '../call/call-buttons.tsx';
import { nameOf, presenceText } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { PathLine } from '../network/path-line.tsx';
import { type ChatSide, goBack, toggleSide } from '../route.ts';
import { TrustMark } from '../security/trust-mark.tsx';
import { isStopped, useTrust } from '../security/use-trust.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { useMinutes } from '../ui/use-now.ts';
import { useValue } from '../use-value.ts';
import { useChatWords } from './words.ts';
import { useSearchWords } from '../search/words.ts';

interface ChatHeaderProps {
  readonly friend: Contact;
  readonly conversation: Conversation;
  readonly side: ChatSide;
}

export function ChatHeader({ friend, conversation, side }: ChatHeaderProps) {
  const { t } = useSpeech();
  const search = useSearchWords();
  const words = useChatWords();
  const session = useValue(useMessenger().session);
  const path = useValue(conversation.path);
  const trust = useTrust(friend.id);
  const me = session.state === 'signed-in' ? session.me : null;
  return (
    <header className="pane-head chat-head">
      <IconButton
        className="only-narrow"
        label={t.common.back}
        icon={<ArrowLeft size={20} />}
        onClick={() => goBack({ screen: 'list' })}
      />
      <div className="between">
        {me !== null && <Avatar id={me.id} name={me.displayName} size="small" />}
        <PathLine path={path} onReconnect={() => conversation.reconnect()} />
        <Avatar id={friend.id} name={nameOf(friend)} size="small" presence={friend.presence.state} />
      </div>
      <div className="friend-row-text">
        <div className="row chat-who">
          <h2 className="chat-name clip">
            <bdi>{nameOf(friend)}</bdi>
          </h2>
          <TrustMark trust={trust} />
        </div>
        <Standing friend={friend} conversation={conversation} word={t.path.word[path.path]} />
      </div>
      {!isStopped(trust) && <CallButtons friendId={friend.id} />}
      <IconButton
        label={search.open}
        icon={<Search size={20} />}
        aria-expanded={side === 'search'}
        aria-keyshortcuts="Control+F"
        onClick={() => toggleSide(friend.id, side, 'search')}
      />
      <IconButton
        label={words.details}
        icon={<Info size={20} />}
        aria-expanded={side === 'details'}
        onClick={() => toggleSide(friend.id, side, 'details')}
      />
    </header>
  );
}

interface StandingProps {
  readonly friend: Contact;
  readonly conversation: Conversation;
  readonly word: string;
}

/** "Online · Direct · back at three", or that they are typing. */
function Standing({ friend, conversation, word }: StandingProps) {
  const { t, format } = useSpeech();
  const words = useChatWords();
  const typing = useValue(conversation.friendTyping);
  const now = useMinutes();
  if (typing) {
    return (
      <p className="clip quiet chat-typing" role="status">
        {words.typing(nameOf(friend))}
      </p>
    );
  }
  return (
    <p className="clip quiet">
      {presenceText(friend, t, format, now)}
      <span className="chat-path-word"> · {word}</span>
      {friend.presence.statusText !== '' && (
        <>
          {' · '}
          <bdi>{friend.presence.statusText}</bdi>
        </>
      )}
    </p>
  );
}
