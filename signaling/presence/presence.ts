/** What friends see of somebody, from what that person chose and what their devices do. Pure. */
import type { ChosenPresence, Presence, ShownPresence } from '../protocol/common.ts';

export interface PersonState {
  readonly chosen: ChosenPresence;
  /** As friends see it: frozen while invisible. */
  readonly shownStatusText: string;
  /** Kept from before they went invisible or came online. */
  readonly lastSeen: number | null;
  readonly devices: ReadonlyMap<string, { readonly idle: boolean }>;
}

export function presenceOf(person: PersonState): Presence {
  const state = shownState(person);
  const { shownStatusText: statusText, lastSeen, devices } = person;
  if (state === 'offline') return { state, statusText, lastSeen, devices: [] };
  return { state, statusText, lastSeen: null, devices: [...devices.keys()] };
}

function shownState({ chosen, devices }: PersonState): ShownPresence {
  if (devices.size === 0 || chosen === 'invisible') return 'offline';
  if (chosen !== 'online') return chosen;
  return [...devices.values()].every(({ idle }) => idle) ? 'away' : 'online';
}
