/** What the relay's threads share with each other and with the main thread. */
import { createLedgerMemory, type LedgerMemory } from '../allocation/ledger.ts';
import { createReservationsMemory } from '../allocation/reservations.ts';
import { createDescriptorsMemory } from '../transport/descriptors.ts';
import { createCountersMemory, type CountersMemory } from './counters.ts';

export interface RelayMemory {
  readonly ledger: LedgerMemory;
  readonly reservations: SharedArrayBuffer;
  readonly counters: CountersMemory;
  readonly descriptors: SharedArrayBuffer;
}

export function createRelayMemory(threads: number): RelayMemory {
  return {
    ledger: createLedgerMemory(threads),
    reservations: createReservationsMemory(),
    counters: createCountersMemory(threads),
    descriptors: createDescriptorsMemory(),
  };
}
