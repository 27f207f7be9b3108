/** The one bridge from core to React: a component that reads a Value is drawn again when it changes. */
import { useSyncExternalStore } from 'react';
import type { Value } from '../core/value.ts';

export function useValue<T>(value: Value<T>): T {
  // A Value is made of closures: its functions need no `this`.
  // oxlint-disable-next-line typescript/unbound-method
  return useSyncExternalStore(value.subscribe, value.get);
}
