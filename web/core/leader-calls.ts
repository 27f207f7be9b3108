/** The leading tab's calls: joins them with the links and with the conversations, which keep an entry for each. */
import type { CallEntry } from './conversation/store.ts';
import type { EndedCall } from './call/call-state.ts';
import { createCalls } from './call/calls.ts';
import type { CallHub } from './call/calls.ts';
import type { Links } from './link/links.ts';
import type { CallView } from './model.ts';
import type { Platform } from './platform.ts';
import type { Scope } from './scope.ts';

interface Needs {
  readonly platform: Platform;
  readonly scope: Scope;
  readonly links: () => Links;
  readonly onChange: (view: CallView | null) => void;
  readonly onEntry: (entry: CallEntry) => void;
}

export function startCalls({ platform, scope, links, onChange, onEntry }: Needs): CallHub {
  const { clock, timers, random, media, page } = platform;
  const hub = createCalls({
    clock,
    timers,
    scope,
    media,
    newId: () => newCallId(random.bytes(22)),
    want: (friendId, on) => links().want(friendId, 'call', on),
    onChange,
    onOver: (call) => {
      const entry = entryOf(call);
      if (entry) onEntry(entry);
    },
  });
  // Said while it still can be: the friend need not wait for a page that is gone.
  scope.own(page.onLeave(() => hub.end()));
  return hub;
}

/** None for a call that another device of this person took: the entry is there. */
function entryOf({ friend, direction, kind, outcome, seconds }: EndedCall): CallEntry | null {
  if (outcome === 'elsewhere') return null;
  return {
    conversationId: friend,
    author: direction === 'out' ? 'me' : 'friend',
    unread: outcome === 'missed',
    call: { kind, outcome, seconds },
  };
}

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function newCallId(bytes: Uint8Array): string {
  return [...bytes].map((byte) => ID_ALPHABET.charAt(byte % 64)).join('');
}
