/** One group in the list: its name, who said what last, whether one was mentioned, and whether it is muted. */
import { AtSign } from 'lucide-react';
import { memo } from 'react';
import type { ConversationSummary, Group } from '../../core/model.ts';
import { lineOf, type Partner } from '../chat/partner.ts';
import { useGroupPartner } from '../chat/use-partner.ts';
import { useSpeech } from '../i18n/index.ts';
import { GroupFace } from '../ui/avatar.tsx';
import { ChatRow, LastWords, type RowPlace } from './chat-row.tsx';
import { MutedMark } from './muted-mark.tsx';

interface GroupRowProps extends RowPlace {
  readonly group: Group;
  readonly summary: ConversationSummary | undefined;
}

export const GroupRow = memo(function GroupRow({ group, summary, ...place }: GroupRowProps) {
  const { t } = useSpeech();
  const partner = useGroupPartner(group);
  return (
    <ChatRow
      {...place}
      id={group.id}
      summary={summary}
      muted={group.muted}
      face={<GroupFace group={group} />}
      top={<bdi className="friend-row-name clip">{partner.name}</bdi>}
      words={
        <LastWords summary={summary}>
          <GroupsLast partner={partner} topic={group.topic} summary={summary} />
        </LastWords>
      }
      marks={
        <>
          <MutedMark muted={group.muted} />
          {summary?.mentioned === true && (
            <span className="badge" title={t.group.mentioned}>
              <AtSign size={12} aria-hidden="true" />
              <span className="visually-hidden">{t.group.mentioned}</span>
            </span>
          )}
        </>
      }
    />
  );
});

interface GroupsLastProps {
  readonly partner: Partner;
  readonly topic: string;
  readonly summary: ConversationSummary | undefined;
}

function GroupsLast({ partner, topic, summary }: GroupsLastProps) {
  const speech = useSpeech();
  const { t } = speech;
  const last = summary?.last ?? null;
  if (last === null) return <bdi>{topic || t.list.noMessages}</bdi>;
  const line = lineOf(last, partner, speech);
  if (last.body.kind === 'group') return <bdi>{line}</bdi>;
  if (last.author === 'me') {
    return (
      <>
        {t.list.you}
        <bdi>{line}</bdi>
      </>
    );
  }
  return <bdi>{t.chat.said(partner.nameOf(last.author), line)}</bdi>;
}
