/** Which messages a person may edit: their own texts that are on their way or there. */
import type { Message } from '../../core/model.ts';

export function isEditable({ author, body, state }: Message): boolean {
  return author === 'me' && body.kind === 'text' && state !== 'failed';
}
