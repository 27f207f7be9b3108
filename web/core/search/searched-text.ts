/** What of a message is searched: its text or the name of its file; empty for whatever has neither. */
import type { Message } from '../model.ts';

export function searchedText(message: Pick<Message, 'body'> | undefined): string {
  if (message?.body.kind === 'text') return message.body.text;
  if (message?.body.kind === 'file') return message.body.file.name;
  return '';
}
