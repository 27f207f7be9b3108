/** The head of a conversation with a friend. */
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { Conversation } from '../../core/model.ts';
import { CallButtons } from '../call/call-buttons.tsx';
import { nameOf, presenceText } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { PathLine } from '../network/path-line.tsx';
import type { ChatSide } from '../route.ts';
import { TrustMark } from '../security/trust-mark.tsx';
import { isStopped, useTrust } from '../security/use-trust.ts';
import { Avatar } from '../ui/avatar.tsx';
import { useMinutes } from '../ui/use-now.ts';
import { useValue } from '../use-value.ts';
import { ConversationHead } from './conversation-head.tsx';
import { useChatWords } from './words.ts';

interface ChatHeaderProps {
  readonly friend: Contact;
  readonly conversation: Conversation;
  readonly side: ChatSide;
}

export function ChatHeader({ friend, conversation, side }: ChatHeaderProps) {
  const { t } = useSpeech();
  const path = useValue(conversation.path);
  const trust = useTrust(friend.id);
  const name = nameOf(friend);
  return (
    <ConversationHead
      id={friend.id}
      name={name}
      muted={friend.muted === true}
      side={side}
      line={<PathLine path={path} onReconnect={() => conversation.reconnect()} />}
      face={<Avatar id={friend.id} name={name} size="small" presence={friend.presence.state} />}
      mark={<TrustMark trust={trust} />}
      standing={<Standing friend={friend} conversation={conversation} word={t.path.word[path.path]} />}
      buttons={!isStopped(trust) && <CallButtons friendId={friend.id} />}
    />
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
        {words.typing}
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
