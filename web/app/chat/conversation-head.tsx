/** The head of a conversation, with a friend or in a group: oneself, the line, them, and how things stand. */
import { ArrowLeft, Info, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { MutedMark } from '../contacts/muted-mark.tsx';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { type ChatSide, goBack, toggleSide } from '../route.ts';
import { useSearchWords } from '../search/words.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { useValue } from '../use-value.ts';
import { useChatWords } from './words.ts';

interface ConversationHeadProps {
  /** Of the friend or the group. */
  readonly id: string;
  readonly name: string;
  readonly muted: boolean;
  readonly side: ChatSide;
  /** What is known of the way between. */
  readonly line: ReactNode;
  readonly face: ReactNode;
  /** Behind the name. */
  readonly mark?: ReactNode;
  /** Below the name. */
  readonly standing: ReactNode;
  /** Before search and details. */
  readonly buttons?: ReactNode;
}

export function ConversationHead(props: ConversationHeadProps) {
  const { id, name, muted, side, line, face, mark, standing, buttons } = props;
  const { t } = useSpeech();
  const words = useChatWords();
  const search = useSearchWords();
  const session = useValue(useMessenger().session);
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
        {line}
        {face}
      </div>
      <div className="friend-row-text">
        <div className="row chat-who">
          <h2 className="chat-name clip">
            <bdi>{name}</bdi>
          </h2>
          {mark}
          <MutedMark muted={muted} size={16} />
        </div>
        {standing}
      </div>
      {buttons}
      <IconButton
        label={search.open}
        icon={<Search size={20} />}
        aria-expanded={side === 'search'}
        aria-keyshortcuts="Control+F"
        onClick={() => toggleSide(id, side, 'search')}
      />
      <IconButton
        label={words.details}
        icon={<Info size={20} />}
        aria-expanded={side === 'details'}
        onClick={() => toggleSide(id, side, 'details')}
      />
    </header>
  );
}
