/** A conversation below its head: the messages, what is being answered or edited, the composer, and the target for dropped files. */
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { Conversation } from '../../core/model.ts';
import { useMessenger } from '../messenger-context.ts';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { Composer, type ComposerHandle } from './composer.tsx';
import { DropZone } from './drop-zone.tsx';
import { History } from './history.tsx';
import { NotifyPrompt } from './notify-prompt.tsx';
import { Unopened } from './unopened.tsx';
import { mentionsIn } from './mentions.ts';
import { usePartner } from './partner.ts';
import { useAbout } from './use-about.ts';
import { useMentionable } from './use-mentionable.ts';
import { LeavingFiles } from '../files/leaving-files.tsx';
import { useFileWords } from '../files/words.ts';
import { useChatWords } from './words.ts';

interface ComposingProps {
  readonly conversation: Conversation;
  /** Stands in place of the composer, while nothing can be sent. */
  readonly stopped: ReactNode;
}

export function Composing({ conversation, stopped }: ComposingProps) {
  const words = useChatWords();
  const fileWords = useFileWords();
  const sayFailure = useSayFailure();
  const { available } = useMessenger().transfers;
  const { about, text, setText, reply, edit, editLast, cancel } = useAbout(conversation);
  const [sent, setSent] = useState(0);
  const composer = useRef<ComposerHandle>(null);
  const { name, group } = usePartner();
  const people = useMentionable();

  const send = async (written: string) => {
    cancel();
    const found = mentionsIn(written, people);
    const named = found.length === 0 ? undefined : found;
    // Empties the draft at once, so that the next message can be typed, and puts it back if it fails.
    const result = await (about?.how === 'edit'
      ? conversation.edit(about.message.id, written, named)
      : conversation.sendText(written, about?.message.id, named));
    if (result.ok) {
      if (about?.how !== 'edit') setSent((count) => count + 1);
      return;
    }
    if (about?.how === 'edit') edit(about.message, written);
    else if (about !== null) reply(about.message);
    sayFailure(result.failure);
  };
  const sendFiles = useCallback(
    async (files: readonly File[]) => {
      if (files.length === 0 || stopped !== null) return;
      if (group !== null) return say({ text: fileWords.notInGroups, urgent: true });
      if (!available) return say({ text: fileWords.insecure, urgent: true });
      const result = await conversation.sendFiles(files);
      if (result.ok) setSent((count) => count + result.value.length);
      else sayFailure(result.failure);
    },
    [conversation, sayFailure, available, stopped, group, fileWords],
  );
  useEffect(() => {
    // After the menu that asked for it has closed.
    if (about !== null) requestAnimationFrame(() => composer.current?.focus());
  }, [about]);

  return (
    <DropZone label={words.dropHere(name)} onFiles={(files) => void sendFiles(files)}>
      <History conversation={conversation} sent={sent} onReply={reply} onEdit={edit} />
      <Unopened conversation={conversation} />
      <LeavingFiles conversation={conversation} friendName={name} />
      <NotifyPrompt sent={sent} />
      {stopped ?? (
        <Composer
          ref={composer}
          people={people}
          draft={text}
          onDraft={setText}
          about={about}
          onCancel={cancel}
          onEditLast={editLast}
          onSend={(written) => void send(written)}
          onFiles={group === null ? (files) => void sendFiles(files) : null}
        />
      )}
    </DropZone>
  );
}
