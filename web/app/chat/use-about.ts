/** What is written in the composer: a new message, an answer, or another text for a message that is there. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Conversation, Message } from '../../core/model.ts';
import { cell, type Value } from '../../core/value.ts';
import type { About } from './composer.tsx';
import { isEditable } from './editable.ts';

interface AboutState {
  readonly about: About | null;
  /** Of a message that is edited its own, so that the draft stays as it is; else the draft. */
  readonly text: Value<string>;
  readonly setText: (text: string) => void;
  readonly reply: (message: Message) => void;
  /** `text`: what it is to say, if that was written already. */
  readonly edit: (message: Message, text?: string) => void;
  /** Edits one's newest text, if there is any. */
  readonly editLast: () => void;
  readonly cancel: () => void;
}

export function useAbout(conversation: Conversation): AboutState {
  const [about, setAbout] = useState<About | null>(null);
  const edited = useMemo(() => cell(''), []);
  const editing = about?.how === 'edit';
  const cancel = useCallback(() => setAbout(null), []);
  const reply = useCallback((message: Message) => setAbout({ how: 'reply', message }), []);
  const edit = useCallback(
    (message: Message, text?: string) => {
      if (message.body.kind !== 'text') return;
      edited.set(text ?? message.body.text);
      setAbout({ how: 'edit', message });
    },
    [edited],
  );
  const editLast = () => {
    const { messages, hasLater } = conversation.timeline.get();
    const newest = messages.findLast(isEditable);
    if (newest !== undefined && !hasLater) edit(newest);
  };

  // There is nothing to answer or edit any more in what was deleted meanwhile.
  const id = about?.message.id;
  useEffect(() => {
    if (id === undefined) return;
    return conversation.timeline.subscribe(() => {
      const message = conversation.timeline.get().messages.find((each) => each.id === id);
      if (message?.body.kind === 'deleted') cancel();
    });
  }, [conversation, id, cancel]);

  return {
    about,
    text: editing ? edited : conversation.draft,
    setText: (next) => (editing ? edited.set(next) : conversation.setDraft(next)),
    reply,
    edit,
    editLast,
    cancel,
  };
}
