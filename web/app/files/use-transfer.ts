/** One message's transfer, as it is now; a component is drawn again only when that one changes. */
import { useMemo, useSyncExternalStore } from 'react';
import type { Message, TransferView } from '../../core/model.ts';
import { restingTransfer } from '../../core/transfer/view.ts';
import { useMessenger } from '../messenger-context.ts';

export function useTransfer(message: Message): TransferView | null {
  const { views } = useMessenger().transfers;
  const known = useSyncExternalStore(
    (listener) => views.subscribe(listener),
    () => views.get().get(message.id),
  );
  const resting = useMemo(() => restingTransfer(message), [message]);
  return known ?? resting;
}
