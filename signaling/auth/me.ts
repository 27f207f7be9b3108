/** A person as they see themselves. */
import type { Me } from '../protocol/http.ts';
import type { PersonRow } from './auth-store.ts';

export function meOf(person: PersonRow, deviceId: string): Me {
  const { id, kind, userName, displayName, presence, statusText } = person;
  return { id, kind, userName, displayName, presence, statusText, deviceId };
}
