/** Asks before a message is deleted for both; open from the moment that it is drawn. */
import { useState } from 'react';
import type { Conversation, Message } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { Confirm } from '../ui/dialog.tsx';
import { useSayFailure } from '../ui/toasts.tsx';

interface DeleteMessageProps {
  readonly message: Message;
  readonly friendName: string;
  readonly conversation: Conversation;
  /** What has the focus afterwards. */
  readonly returnTo: () => HTMLElement | null;
  readonly onClosed: () => void;
}

export function DeleteMessage({ message, friendName, conversation, returnTo, onClosed }: DeleteMessageProps) {
  const { t } = useSpeech();
  const sayFailure = useSayFailure();
  const [open, setOpen] = useState(true);
  const remove = async () => {
    setOpen(false);
    const result = await conversation.remove(message.id);
    if (!result.ok) sayFailure(result.failure);
  };
  return (
    <Confirm
      open={open}
      onClose={() => setOpen(false)}
      onClosed={onClosed}
      returnTo={returnTo}
      title={t.chat.removeTitle}
      text={t.chat.removeText(friendName)}
      action={t.chat.remove}
      onConfirm={() => void remove()}
    />
  );
}
