/** What one may be told of, and what the person chose about that and the look of the page. */
import type { IncomingRequest } from '../../signaling/protocol/http.ts';
import type { Message } from './conversation-model.ts';

export interface Preferences {
  readonly language: 'auto' | 'en' | 'zh-CN';
  readonly theme: 'system' | 'light' | 'dark';
  /** Desktop notifications while the tab is hidden; `ask` until the person has decided. */
  readonly notifications: 'ask' | 'on' | 'off';
  readonly friendOnlineNotice: boolean;
  readonly readReceipts: boolean;
  readonly sounds: boolean;
}

/** Something that just happened and is worth a small notice. */
export type Notice =
  | { readonly kind: 'friend-online'; readonly conversationId: string }
  | { readonly kind: 'message'; readonly conversationId: string; readonly message: Message }
  | { readonly kind: 'contact-request'; readonly request: IncomingRequest }
  | { readonly kind: 'contact-accepted'; readonly conversationId: string }
  /** Somebody made this person a member of a group. */
  | { readonly kind: 'group-added'; readonly conversationId: string };
