/** All of core without a page around it, for the test to call. */
import { browserPlatform } from '../../../web/core/browser.ts';
import { createMessenger } from '../../../web/core/messenger.ts';
import type { Conversation } from '../../../web/core/model.ts';

const messenger = createMessenger(browserPlatform());
const open = new Map<string, Conversation>();
const notices: string[] = [];
messenger.onNotice((notice) => notices.push(notice.kind));

/** Opened once per page, as by a person who looks at it. */
function conversation(conversationId: string): Conversation {
  const known = open.get(conversationId) ?? messenger.openConversation(conversationId);
  open.set(conversationId, known);
  return known;
}

const core = {
  messenger,
  conversation,
  notices,
  close: (conversationId: string) => {
    open.get(conversationId)?.close();
    open.delete(conversationId);
  },
  contact: () => messenger.people.state.get().contacts[0]?.id ?? null,
  /** Each message as one line: author, text, state. */
  lines: (conversationId: string) =>
    conversation(conversationId)
      .timeline.get()
      .messages.map(
        ({ author, body, state }) => `${author} ${body.kind === 'text' ? body.text : body.kind} ${state}`,
      ),
};

declare global {
  interface Window {
    core: typeof core;
  }
}
window.core = core;
