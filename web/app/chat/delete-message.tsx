/** Asks before a message is deleted for both; open from the moment that it is drawn. */
import { useState } from 'react';
import type { Conversation, Message } from '../../core/model.ts';
import { Confirm } from '../ui/dialog.tsx';
import { useSayFailure } from '../ui/toasts.tsx';
import { usePartner } from './partner.ts';
import { useChatWords } from './words.ts';

interface DeleteMessageProps {
  readonly message: Message;
  readonly conversation: Conversation;
  /** What has the focus afterwards. */
  readonly returnTo: () => HTMLElement | null;
  readonly onClosed: () => void;
}

export function DeleteMessage({ message, conversation, returnTo, onClosed }: DeleteMessageProps) {
  const words = useChatWords();
  const { group, name } = usePartner();
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
      title={group === null ? words.removeTitle : words.removeForAllTitle}
      text={group === null ? words.removeText(name) : words.removeForAllText}
      action={group === null ? words.remove : words.removeForAll}
      onConfirm={() => void remove()}
    />
  );
}
