/** The head of a group: oneself, the line, the group, and how things stand. */
import { ArrowLeft, BellOff, Info, Search } from 'lucide-react';
import type { Conversation, Group } from '../../core/model.ts';
import type { Partner } from '../chat/partner.ts';
import { useChatWords } from '../chat/words.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { type ChatSide, goBack, toggleSide } from '../route.ts';
import { useSearchWords } from '../search/words.ts';
import { Avatar, GroupFace } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
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
  const { t } = useSpeech();
  const words = useChatWords();
  const search = useSearchWords();
  const session = useValue(useMessenger().session);
  const path = useGroupPath(group);
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
        {group.myRole !== null && <GroupLine group={group} path={path} />}
        <GroupFace group={group} size="small" />
      </div>
      <div className="friend-row-text">
        <div className="row chat-who">
          <h2 className="chat-name clip">
            <bdi>{partner.name}</bdi>
          </h2>
          {group.muted && (
            <span className="row-mark" title={t.group.muted}>
              <BellOff size={16} aria-hidden="true" />
              <span className="visually-hidden">{t.group.muted}</span>
            </span>
          )}
        </div>
        <Standing group={group} conversation={conversation} partner={partner} path={path} />
      </div>
      <IconButton
        label={search.open}
        icon={<Search size={20} />}
        aria-expanded={side === 'search'}
        aria-keyshortcuts="Control+F"
        onClick={() => toggleSide(group.id, side, 'search')}
      />
      <IconButton
        label={words.details}
        icon={<Info size={20} />}
        aria-expanded={side === 'details'}
        onClick={() => toggleSide(group.id, side, 'details')}
      />
    </header>
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
