/** The right side while a friend or a group is chosen: the conversation, and beside or over it what is known about them. */
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { isGroupId } from '../../../signaling/protocol/common.ts';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { Conversation } from '../../core/model.ts';
import { nameOf, useContacts, useMeId } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { type ChatSide, goBack, toggleSide } from '../route.ts';
import { isStopped, useTrust } from '../security/use-trust.ts';
import { Button } from '../ui/button.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';
import { useValue } from '../use-value.ts';
import { ChatHeader } from './chat-header.tsx';
import { Composing } from './composing.tsx';
import { friendAsPartner, PartnerContext } from './partner.ts';
import { useConversation } from './use-conversation.ts';
import { useChatWords } from './words.ts';
import './chat.css';

const FriendDetails = lazy(() =>
  import('../contacts/friend-details.tsx').then((module) => ({ default: module.FriendDetails })),
);

/** Seldom needed. */
const IdentityChanged = lazy(() =>
  import('../security/identity-changed.tsx').then((module) => ({ default: module.IdentityChanged })),
);
const GroupChat = lazy(() =>
  import('../groups/group-chat.tsx').then((module) => ({ default: module.GroupChat })),
);
const SearchPane = lazy(() =>
  import('../search/search-pane.tsx').then((module) => ({ default: module.SearchPane })),
);

interface ChatPaneProps {
  readonly conversationId: string;
  readonly side: ChatSide;
}

export function ChatPane({ conversationId, side }: ChatPaneProps) {
  const friend = useContacts().get(conversationId);
  const { loaded } = useValue(useMessenger().people.state);
  const conversation = useConversation(conversationId);
  const group = useValue(useMessenger().groups.all).get(conversationId);
  if (friend === undefined && group === undefined) {
    return loaded ? <Gone group={isGroupId(conversationId)} /> : <div className="chat" />;
  }
  if (conversation === null) return <div className="chat" />;
  if (friend !== undefined) return <Chat friend={friend} conversation={conversation} side={side} />;
  return group && <GroupChat group={group} conversation={conversation} side={side} />;
}

interface ChatProps {
  readonly friend: Contact;
  readonly conversation: Conversation;
  readonly side: ChatSide;
}

function Chat({ friend, conversation, side }: ChatProps) {
  const { t } = useSpeech();
  const path = useValue(conversation.path);
  const meId = useMeId();
  const name = nameOf(friend);
  const partner = useMemo(() => friendAsPartner(friend.id, name, meId, t), [friend.id, name, meId, t]);
  const stopped = isStopped(useTrust(friend.id));
  const reconnect = () => conversation.reconnect();
  useShortcut('f', () => {
    if (side !== 'search') toggleSide(friend.id, side, 'search');
  });
  return (
    <div className="chat-and-details" data-side={side}>
      <div className="chat">
        <ChatHeader friend={friend} conversation={conversation} side={side} />
        <ErrorBoundary>
          <PartnerContext value={partner}>
            <Composing
              conversation={conversation}
              stopped={
                stopped ? (
                  <Suspense fallback={null}>
                    <IdentityChanged friend={friend} />
                  </Suspense>
                ) : null
              }
            />
          </PartnerContext>
        </ErrorBoundary>
      </div>
      <Suspense fallback={null}>
        {side === 'details' && <FriendDetails friend={friend} path={path} onReconnect={reconnect} />}
        {side === 'search' && <SearchPane partner={partner} />}
      </Suspense>
    </div>
  );
}

/** A group that was made or joined just now is here in a moment. */
const PATIENCE = 1_500;

function Gone({ group }: { group: boolean }) {
  const { t } = useSpeech();
  const words = useChatWords();
  const [waited, setWaited] = useState(!group);
  useEffect(() => {
    const timer = setTimeout(() => setWaited(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!waited) return <div className="chat" aria-busy="true" />;
  return (
    <div className="placeholder">
      <h2>{group ? words.groupGone : words.gone}</h2>
      <p className="quiet">{group ? words.groupGoneText : words.goneText}</p>
      <Button onClick={() => goBack({ screen: 'list' })}>{t.common.back}</Button>
    </div>
  );
}
