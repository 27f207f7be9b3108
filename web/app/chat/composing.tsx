/** A conversation below its head: the messages, what is being answered, the composer, and the target for dropped files. */
import { useCallback, useRef, useState } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { Conversation, Message } from '../../core/model.ts';
import { nameOf } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { Composer, type ComposerHandle } from './composer.tsx';
import { DropZone } from './drop-zone.tsx';
import { History } from './history.tsx';
import { NotifyPrompt } from './notify-prompt.tsx';

interface ComposingProps {
  readonly friend: Contact;
  readonly conversation: Conversation;
}

export function Composing({ friend, conversation }: ComposingProps) {
  const { t } = useSpeech();
  const sayFailure = useSayFailure();
  const { available } = useMessenger().transfers;
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const [sent, setSent] = useState(0);
  const composer = useRef<ComposerHandle>(null);
  const name = nameOf(friend);

  const send = useCallback(
    async (text: string) => {
      setReplyTo(null);
      // Empties the draft at once, so that the next message can be typed, and puts it back if it fails.
      const result = await conversation.sendText(text, replyTo?.id);
      if (result.ok) return setSent((count) => count + 1);
      setReplyTo(replyTo);
      sayFailure(result.failure);
    },
    [conversation, replyTo, sayFailure],
  );
  const sendFiles = useCallback(
    async (files: readonly File[]) => {
      if (files.length === 0) return;
      if (!available) return say({ text: t.files.insecure, urgent: true });
      const result = await conversation.sendFiles(files);
      if (result.ok) setSent((count) => count + 1);
      else sayFailure(result.failure);
    },
    [conversation, sayFailure, available, t],
  );
  const reply = useCallback((message: Message) => {
    setReplyTo(message);
    // After the menu that asked for it has closed.
    requestAnimationFrame(() => composer.current?.focus());
  }, []);

  return (
    <DropZone label={t.chat.dropHere(name)} onFiles={(files) => void sendFiles(files)}>
      <History friend={friend} conversation={conversation} sent={sent} onReply={reply} />
      <NotifyPrompt sent={sent} />
      <Composer
        ref={composer}
        friendName={name}
        draft={conversation.draft}
        onDraft={(text) => conversation.setDraft(text)}
        replyTo={replyTo}
        onCancelReply={() => setReplyTo(null)}
        onSend={(text) => void send(text)}
        onFiles={(files) => void sendFiles(files)}
      />
    </DropZone>
  );
}
