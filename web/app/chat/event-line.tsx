/** What became of the group, between its messages. */
import type { GroupEvent } from '../../core/group-model.ts';
import type { Message } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { eventText } from './event-text.ts';
import { usePartner } from './partner.ts';
import './event-line.css';

interface EventLineProps {
  readonly message: Message;
  readonly event: GroupEvent;
  readonly index: number;
}

export function EventLine({ message, event, index }: EventLineProps) {
  const { t, format } = useSpeech();
  const { meId, nameOf } = usePartner();
  return (
    <p className="event-line" data-row={index} tabIndex={-1} title={format.full(message.at)}>
      {eventText(event, message.author, meId, nameOf, { t, format })}
    </p>
  );
}
