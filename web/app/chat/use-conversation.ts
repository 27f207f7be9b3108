/** Opens the conversation with a friend while its screen is shown, and closes it after. */
import { startTransition, useEffect, useState } from 'react';
import type { Conversation } from '../../core/model.ts';
import { useMessenger } from '../messenger-context.ts';

export function useConversation(conversationId: string): Conversation | null {
  const messenger = useMessenger();
  const [conversation, setConversation] = useState<Conversation | null>(null);
  useEffect(() => {
    const opened = messenger.openConversation(conversationId);
    // A whole history is drawn: in slices, so that the page goes on with what else it does.
    startTransition(() => setConversation(opened));
    return () => {
      opened.close();
      setConversation(null);
    };
  }, [messenger, conversationId]);
  return conversation;
}
