/** Who has read a message of a group; open from the moment that it is drawn. */
import { useState } from 'react';
import type { Conversation, Message } from '../../core/model.ts';
import { memberIdOf } from '../../core/model.ts';
import { lineOf, usePartner } from '../chat/partner.ts';
import { useSpeech } from '../i18n/index.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useValue } from '../use-value.ts';
import { readersOf } from './readers.ts';
import { useGroupWords } from './words.ts';
import './groups.css';

interface ReadersProps {
  readonly message: Message;
  readonly conversation: Conversation;
  /** What has the focus afterwards. */
  readonly returnTo: () => HTMLElement | null;
  readonly onClosed: () => void;
}

export function Readers({ message, conversation, returnTo, onClosed }: ReadersProps) {
  const { t, format } = useSpeech();
  const { readers: words } = useGroupWords();
  const partner = usePartner();
  const marks = useValue(conversation.readMarks);
  const [open, setOpen] = useState(true);
  const others = (partner.group?.members ?? [])
    .map(({ id }) => id)
    .filter((id) => id !== partner.meId && id !== memberIdOf(message.author));
  const { read, notYet } = readersOf(others, marks, message.id);
  return (
    <Dialog
      open={open}
      onClose={() => setOpen(false)}
      onClosed={onClosed}
      returnTo={returnTo}
      title={words.title}
    >
      <div className="stack">
        <blockquote className="readers-quote">
          <bdi className="clip">{lineOf(message, partner, { t, format })}</bdi>
          <span className="quiet">{format.full(message.at)}</span>
        </blockquote>
        {read.length === 0 ? (
          <p>{words.nobody}</p>
        ) : (
          <PeopleList title={words.read(read.length)} ids={read} nameOf={(id) => partner.nameOf(`@${id}`)} />
        )}
        {notYet.length > 0 && (
          <>
            <PeopleList
              title={words.notYet(notYet.length)}
              ids={notYet}
              nameOf={(id) => partner.nameOf(`@${id}`)}
            />
            <p className="quiet">{words.hint}</p>
          </>
        )}
      </div>
    </Dialog>
  );
}

interface PeopleListProps {
  readonly title: string;
  readonly ids: readonly string[];
  readonly nameOf: (id: string) => string;
}

function PeopleList({ title, ids, nameOf }: PeopleListProps) {
  return (
    <section>
      <h3 className="section-name">{title}</h3>
      <ul>
        {ids.map((id) => (
          <li key={id} className="group-way">
            <Avatar id={id} name={nameOf(id)} size="small" />
            <bdi className="clip">{nameOf(id)}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}
