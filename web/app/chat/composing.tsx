/** A conversation below its head: the messages, what is being answered or edited, the composer, and the target for dropped files. */
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { Conversation } from '../../core/model.ts';
import { nameOf } from '../contacts/people.ts';
import { useMessenger } from '../messenger-context.ts';
import { useTrust } from '../security/use-trust.ts';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { Composer, type ComposerHandle } from './composer.tsx';
import { DropZone } from './drop-zone.tsx';
import { History } from './history.tsx';
import { NotifyPrompt } from './notify-prompt.tsx';
import { Unopened } from './unopened.tsx';
import { useAbout } from './use-about.ts';
import { useFileWords } from '../files/words.ts';
import { useChatWords } from './words.ts';

/** Seldom needed. */
const IdentityChanged = lazy(() =>
  import('../security/identity-changed.tsx').then((module) => ({ default: module.IdentityChanged })),
);

interface ComposingProps {
  readonly friend: Contact;
  readonly conversation: Conversation;
}

export function Composing({ friend, conversation }: ComposingProps) {
  const words = useChatWords();
  const fileWords = useFileWords();
  const sayFailure = useSayFailure();
  const { available } = useMessenger().transfers;
  const { about, text, setText, reply, edit, editLast, cancel } = useAbout(conversation);
  const [sent, setSent] = useState(0);
  const composer = useRef<ComposerHandle>(null);
  const name = nameOf(friend);
  const stopped = useTrust(friend.id) === 'changed';

  const send = async (written: string) => {
    cancel();
    // Empties the draft at once, so that the next message can be typed, and puts it back if it fails.
    const result = await (about?.how === 'edit'
      ? conversation.edit(about.message.id, written)
      : conversation.sendText(written, about?.message.id));
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
      if (files.length === 0 || stopped) return;
      if (!available) return say({ text: fileWords.insecure, urgent: true });
      const result = await conversation.sendFiles(files);
      if (result.ok) setSent((count) => count + 1);
      else sayFailure(result.failure);
    },
    [conversation, sayFailure, available, stopped, fileWords],
  );
  useEffect(() => {
    // After the menu that asked for it has closed.
    if (about !== null) requestAnimationFrame(() => composer.current?.focus());
  }, [about]);

  return (
    <DropZone label={words.dropHere(name)} onFiles={(files) => void sendFiles(files)}>
      <History friend={friend} conversation={conversation} sent={sent} onReply={reply} onEdit={edit} />
      <Unopened conversation={conversation} />
      <NotifyPrompt sent={sent} />
      {stopped ? (
        <Suspense fallback={null}>
          <IdentityChanged friend={friend} />
        </Suspense>
      ) : (
        <Composer
          ref={composer}
          friendName={name}
          draft={text}
          onDraft={setText}
          about={about}
          onCancel={cancel}
          onEditLast={editLast}
          onSend={(written) => void send(written)}
          onFiles={(files) => void sendFiles(files)}
        />
      )}
    </DropZone>
  );
}
