/** One line that stands for a message in the list, in a notice and in a quote. */
import type { Message } from '../../core/model.ts';
import type { Messages } from '../i18n/en.ts';

const LONGEST = 200;

export function previewOf(message: Message, t: Messages): string {
  if (message.body.kind === 'call') return t.call.entry(message.body.call.kind);
  if (message.body.kind === 'file') return t.list.fileWanted(message.body.file.name);
  if (message.body.kind === 'group') return '';
  if (message.body.kind === 'deleted') return t.chat.deleted;
  return message.body.text.slice(0, LONGEST).replace(/\s+/g, ' ').trim();
}
