/** Saves what was accepted in this tab as soon as it is complete, wherever the person is by then; draws nothing. */
import { useEffect } from 'react';
import { useMessenger } from '../messenger-context.ts';
import { saveKept } from './save.ts';

const awaited = new Set<string>();

/** The file of this message is to be saved when it is here. */
export function saveWhenComplete(id: string): void {
  awaited.add(id);
}

export function AutoSave() {
  const { transfers } = useMessenger();
  useEffect(
    () =>
      transfers.views.subscribe(() => {
        for (const id of awaited) {
          const view = transfers.views.get().get(id);
          if (view?.phase !== 'complete' || !view.kept) continue;
          awaited.delete(id);
          void saveKept(transfers, id, view.file.name);
        }
      }),
    [transfers],
  );
  return null;
}
