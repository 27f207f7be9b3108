/** Turns a stored message into what goes over the wire, and back. */
import type { Address } from '../crypto/address.ts';
import type { Mention } from '../group-model.ts';
import type { Author, FileSummary, Message } from '../model.ts';
import { memberIdOf } from '../model.ts';
import { cleanFileName } from '../wire/file-name.ts';
import { timeOfId } from '../wire/message-id.ts';
import { WIRE_LIMITS } from '../wire/message.ts';
import type { WireContent } from '../wire/message.ts';

type WireText = Extract<WireContent, { type: 'text' }>;
type TextBody = Extract<Message['body'], { kind: 'text' }>;

export function toWire({ id, body, replyTo }: Message): WireContent {
  if (body.kind === 'file') {
    const { name, size, type, waits } = body.file;
    return { type: 'file', id, name, size, mime: type, ...(waits && { waits }) };
  }
  if (body.kind !== 'text') throw new Error(`what is ${body.kind} is not sent as a message`);
  const text = { type: 'text', id, ...toWireText(body.text, body.mentions) } as const;
  if (!replyTo) return text;
  const by = memberIdOf(replyTo.author);
  const reply = { id: replyTo.id, own: replyTo.author === 'me', excerpt: replyTo.excerpt ?? '' };
  return { ...text, replyTo: by === null ? reply : { ...reply, by } };
}

/** What a text and an edit have in common. */
export function toWireText(
  text: string,
  mentions: readonly Mention[] = [],
): Pick<WireText, 'text' | 'mentions'> {
  if (mentions.length === 0) return { text };
  return { text, mentions: mentions.map(({ memberId, name }) => ({ id: memberId, name })) };
}

export function fromWireText({ text, mentions = [] }: Pick<WireText, 'text' | 'mentions'>): TextBody {
  if (mentions.length === 0) return { kind: 'text', text };
  return { kind: 'text', text, mentions: mentions.map(({ id, name }) => ({ memberId: id, name })) };
}

/** How this person's page names who wrote something in a conversation. */
export function authorOf(ownId: string, conversationId: string, userId: string): Author {
  if (userId === ownId) return 'me';
  return userId === conversationId ? 'friend' : `@${userId}`;
}

/** In this conversation, by a friend, a member of the group, or oneself on another device. */
export function fromWire(
  ownId: string,
  { userId, deviceId }: Address,
  conversationId: string,
  content: WireContent,
): Message {
  const own = userId === ownId;
  const author = authorOf(ownId, conversationId, userId);
  const base = {
    id: content.id,
    conversationId,
    author,
    at: timeOfId(content.id),
    state: own ? 'sent' : 'delivered',
  } as const;
  if (content.type === 'file') {
    const { name, size, mime, waits } = content;
    const file = { name: cleanFileName(name), size, type: mime, ...(waits && { waits }) };
    return { ...base, body: { kind: 'file', file, device: own ? '' : deviceId } };
  }
  const message: Message = { ...base, body: fromWireText(content) };
  if (!content.replyTo) return message;
  const { id, own: same, by = own ? conversationId : ownId, excerpt } = content.replyTo;
  return {
    ...message,
    replyTo: { id, author: same ? author : authorOf(ownId, conversationId, by), excerpt },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
// Nothing that a person types; each would take six bytes on the wire.
const CONTROLS = /(?![\n\t])\p{Cc}/gu;

/** As it will be stored and sent: half characters replaced, control characters gone, one kind of line end. */
export function cleanText(text: string): string {
  return decoder.decode(encoder.encode(text)).replace(/\r\n?/g, '\n').replace(CONTROLS, '');
}

/** Fits what a browser says about a file into what the wire takes. */
export function cleanFile({ name, size, type }: FileSummary): FileSummary {
  return {
    name: cleanFileName(name),
    size,
    type: type.slice(0, WIRE_LIMITS.mimeMax),
  };
}

export function excerptOf({ body }: Message): string {
  if (body.kind !== 'text' && body.kind !== 'file') return '';
  const text = body.kind === 'text' ? body.text : body.file.name;
  const short = text.slice(0, WIRE_LIMITS.excerptMax);
  // Not through the middle of a surrogate pair.
  return /[\uD800-\uDBFF]$/.test(short) ? short.slice(0, -1) : short;
}
