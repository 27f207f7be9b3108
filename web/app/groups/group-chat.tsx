/** A conversation in a group, and beside or over it what is known about the group. */
import { lazy, Suspense } from 'react';
import { Composing } from '../chat/composing.tsx';
import { PartnerContext } from '../chat/partner.ts';
import { useGroupPartner } from '../chat/use-partner.ts';
import type { Conversation, Group } from '../../core/model.ts';
import { type ChatSide, toggleSide } from '../route.ts';
import { SearchPane } from '../search/search-pane.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { useShortcut } from '../ui/use-shortcut.ts';
import { ChangedMembers } from './changed-members.tsx';
import { GroupHead } from './group-head.tsx';
import { MembershipDoubt } from './membership-doubt.tsx';
import { useGroupWords } from './words.ts';
import './groups.css';

const GroupDetails = lazy(() =>
  import('./group-details.tsx').then((module) => ({ default: module.GroupDetails })),
);

interface GroupChatProps {
  readonly group: Group;
  readonly conversation: Conversation;
  readonly side: ChatSide;
}

export function GroupChat({ group, conversation, side }: GroupChatProps) {
  const partner = useGroupPartner(group);
  useShortcut('f', () => {
    if (side !== 'search') toggleSide(group.id, side, 'search');
  });
  return (
    <PartnerContext value={partner}>
      <div className="chat-and-details" data-side={side}>
        <div className="chat">
          <GroupHead group={group} partner={partner} conversation={conversation} side={side} />
          <ErrorBoundary>
            <MembershipDoubt group={group} />
            <ChangedMembers group={group} />
            <Composing conversation={conversation} stopped={group.myRole === null ? <Gone /> : null} />
          </ErrorBoundary>
        </div>
        <Suspense fallback={null}>
          {side === 'details' && <GroupDetails group={group} partner={partner} />}
          {side === 'search' && <SearchPane partner={partner} />}
        </Suspense>
      </div>
    </PartnerContext>
  );
}

/** Where the composer was. */
function Gone() {
  const words = useGroupWords();
  return (
    <div className="group-gone" role="note">
      <p>{words.details.gone}</p>
      <p className="quiet">{words.details.goneText}</p>
    </div>
  );
}
