/** One line that stands for what a message says, in the list, in a notice and in a quote. */
import type { Message } from '../../core/model.ts';
import type { Messages } from '../i18n/en.ts';

const LONGEST = 200;

/** What became of a group needs names: see `lineOf`. */
export function previewOf(body: Exclude<Message['body'], { kind: 'group' }>, t: Messages): string {
  if (body.kind === 'call') return t.call.entry(body.call.kind);
  if (body.kind === 'file') return t.list.fileWanted(body.file.name);
  if (body.kind === 'deleted') return t.chat.deleted;
  return body.text.slice(0, LONGEST).replace(/\s+/g, ' ').trim();
}
