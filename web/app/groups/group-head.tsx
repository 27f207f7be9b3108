/** The head of a group. */
import type { Conversation, Group } from '../../core/model.ts';
import { ConversationHead } from '../chat/conversation-head.tsx';
import type { Partner } from '../chat/partner.ts';
import type { ChatSide } from '../route.ts';
import { GroupFace } from '../ui/avatar.tsx';
import { useValue } from '../use-value.ts';
import type { GroupPath } from './group-path.ts';
import { GroupLine, usePathWord } from './group-line.tsx';
import { useGroupPath } from './use-group-path.ts';
import { useGroupWords } from './words.ts';

interface GroupHeadProps {
  readonly group: Group;
  readonly partner: Partner;
  readonly conversation: Conversation;
  readonly side: ChatSide;
}

export function GroupHead({ group, partner, conversation, side }: GroupHeadProps) {
  const path = useGroupPath(group);
  return (
    <ConversationHead
      id={group.id}
      name={partner.name}
      muted={group.muted}
      side={side}
      line={group.myRole !== null && <GroupLine group={group} path={path} />}
      face={<GroupFace group={group} size="small" />}
      standing={<Standing group={group} conversation={conversation} partner={partner} path={path} />}
    />
  );
}

interface StandingProps {
  readonly group: Group;
  readonly conversation: Conversation;
  readonly partner: Partner;
  readonly path: GroupPath;
}

/** "5 members · 3 of 4 direct", or who is typing. */
function Standing({ group, conversation, partner, path }: StandingProps) {
  const words = useGroupWords();
  const typists = useValue(conversation.typists);
  const word = usePathWord(path);
  if (group.myRole === null) return <p className="clip quiet">{words.head.left}</p>;
  if (typists.length > 0) {
    const [first = '', second = ''] = typists.map((id) => partner.nameOf(`@${id}`));
    return (
      <p className="clip quiet chat-typing" role="status">
        {words.head.typing(first, second, typists.length)}
      </p>
    );
  }
  return (
    <p className="clip quiet">
      {words.head.members(group.members.length)}
      {path.all > 0 && <span className="chat-path-word"> · {word}</span>}
      {group.topic !== '' && (
        <>
          {' · '}
          <bdi>{group.topic}</bdi>
        </>
      )}
    </p>
  );
}
