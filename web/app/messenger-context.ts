/** Hands the one Messenger to every component. */
import { createContext, use } from 'react';
import type { Messenger } from '../core/model.ts';

export const MessengerContext = createContext<Messenger | null>(null);

export function useMessenger(): Messenger {
  const messenger = use(MessengerContext);
  if (messenger === null) throw new Error('used outside of the app');
  return messenger;
}
