/** The address bar as state: which screen it names, and moves that the platform's back undoes. */
import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly screen: 'list' }
  | { readonly screen: 'chat'; readonly conversationId: string; readonly side: ChatSide }
  | { readonly screen: 'settings' }
  /** `code` is what follows the #, so that no server sees it. */
  | { readonly screen: 'invite'; readonly code: string }
  /** Into a group, in the same way. */
  | { readonly screen: 'join'; readonly code: string };

/** What stands beside a conversation, or instead of it on a phone. */
export type ChatSide = 'none' | 'details' | 'search';

export function parseRoute(path: string, hash: string): Route {
  const [first, second, third] = path.split('/').filter(Boolean);
  const conversationId = first === 'c' && second !== undefined ? decoded(second) : null;
  if (conversationId !== null) return { screen: 'chat', conversationId, side: sideOf(third) };
  if (first === 'settings') return { screen: 'settings' };
  if (first === 'g') return { screen: 'join', code: hash.replace(/^#/, '') };
  if (first === 'i') return { screen: 'invite', code: hash.replace(/^#/, '') };
  return { screen: 'list' };
}

const sideOf = (part: string | undefined): ChatSide =>
  part === 'details' || part === 'search' ? part : 'none';

/** Null for an escape that means nothing. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

export function formatRoute(route: Route): string {
  switch (route.screen) {
    case 'list':
      return '/';
    case 'chat':
      return `/c/${encodeURIComponent(route.conversationId)}${route.side === 'none' ? '' : `/${route.side}`}`;
    case 'settings':
      return '/settings';
    case 'invite':
      return `/i#${route.code}`;
    case 'join':
      return `/g#${route.code}`;
  }
}

/** How many of our own entries lie behind this one; back never leaves the app by surprise. */
const depthOf = (state: unknown): number =>
  typeof state === 'object' && state !== null && 'depth' in state && typeof state.depth === 'number'
    ? state.depth
    : 0;

const listeners = new Set<() => void>();
const changed = (): void => {
  for (const listener of listeners) listener();
};

export function navigate(route: Route, how: 'push' | 'replace' = 'push'): void {
  const address = formatRoute(route);
  if (address === location.pathname + location.hash) return;
  const depth = depthOf(history.state);
  if (how === 'push') history.pushState({ depth: depth + 1 }, '', address);
  else history.replaceState({ depth }, '', address);
  changed();
}

/** The platform's back if we came from within, else `fallback`. */
export function goBack(fallback: Route): void {
  if (depthOf(history.state) > 0) history.back();
  else navigate(fallback, 'replace');
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  window.addEventListener('hashchange', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
    window.removeEventListener('hashchange', listener);
  };
}

export function useRoute(): Route {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.hash);
  const [path = '/', hash = ''] = address.split('#');
  return parseRoute(path, hash);
}

/** Opens what stands beside a conversation, or closes it if it is open. */
export function toggleSide(conversationId: string, from: ChatSide, to: ChatSide): void {
  const chat = { screen: 'chat', conversationId } as const;
  if (from === to) goBack({ ...chat, side: 'none' });
  else navigate({ ...chat, side: to }, from === 'none' ? 'push' : 'replace');
}

/** From one friend to the next there is nothing to go back to but the list. */
export function openChat(conversationId: string): void {
  const from = parseRoute(location.pathname, location.hash);
  navigate({ screen: 'chat', conversationId, side: 'none' }, from.screen === 'chat' ? 'replace' : 'push');
}
