/**
 * Loads the engine (wasm) and opens its state machine over IndexedDB.
 *
 * A panic inside wasm leaves the call that met it pending for ever and the module unfit for use. So every call goes
 * through `call`, which notices: by the error that the runtime throws, by the one that the page hears of, or by time.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { DatabaseAccess, Platform, Timers } from '../platform.ts';
import type { Value } from '../value.ts';
import { cell } from '../value.ts';
import type { Address } from './address.ts';
import { engineStore, notesStore } from './engine-store.ts';
import { memoryNotes, storedNotes } from './notes.ts';
import type { Notes } from './notes.ts';

/** No call takes twice this long, on the slowest phone. Twice, since a machine that wakes up finds one wait over. */
const PATIENCE = 30_000;

export type Library = typeof Wasm;

/** The module died and stays dead until the page is loaded again. */
export class EngineBroken extends Error {}

export interface Machine {
  readonly library: Library;
  readonly olm: Wasm.OlmMachine;
  readonly notes: Notes;
  /** False: the browser refused storage, and everything is forgotten with the tab. */
  readonly durable: boolean;
  readonly broken: Value<boolean>;
  /** Awaits a call to the library. Throws EngineBroken when the module is dead; passes other errors on. */
  readonly call: <T>(run: () => Promise<T>) => Promise<T>;
  /** Lets go of the store, so that the next tab can open it. */
  close(): void;
}

export interface MachineNeeds {
  readonly me: Address;
  readonly database: Pick<DatabaseAccess, 'open'>;
  readonly timers: Timers;
  /** Errors that nobody caught (`error` of the window). The returned function ends the listening. */
  readonly onUncaught: (listener: (error: unknown) => void) => () => void;
}

/** As the library finds it, which does not export it. */
const WASM = new URL(
  '../../../node_modules/@matrix-org/matrix-sdk-crypto-wasm/pkg/matrix_sdk_crypto_wasm_bg.wasm',
  import.meta.url,
);

/**
 * Fetches the engine; once per page, however often it is called. Rejects when it cannot be had; with `again`, by which it
 * fetches what did not arrive, trying later helps.
 */
export async function loadLibrary(again: Platform['fetch'] | null = null): Promise<Library> {
  const library = await import('@matrix-org/matrix-sdk-crypto-wasm');
  await library.initAsync().catch((error: unknown) => {
    if (!again) throw error;
    return startAgain(library, again);
  });
  return library;
}

/** The library keeps a load that failed, and would not fetch its eight megabytes again before the page is loaded anew. */
async function startAgain(library: Library, again: Platform['fetch']): Promise<void> {
  const bindings = functionsOf(library);
  const imports = { './matrix_sdk_crypto_wasm_bg.js': bindings };
  const { instance } = await WebAssembly.instantiateStreaming(again(WASM.href, {}), imports);
  // What wasm-bindgen makes, and the library's types leave out.
  const setWasm = bindings['__wbg_set_wasm'];
  const start = functionsOf(instance.exports)['__wbindgen_start'];
  if (!setWasm || !start) throw new EngineBroken('the library is put together otherwise');
  setWasm(instance.exports);
  start();
}

type Call = (...given: unknown[]) => unknown;

const functionsOf = (module: object): Readonly<Record<string, Call>> =>
  Object.fromEntries(
    Object.entries(module).filter((entry): entry is [string, Call] => typeof entry[1] === 'function'),
  );

export async function openMachine(library: Library, needs: MachineNeeds): Promise<Machine> {
  const stores = await openStores(library, needs);
  const olm = await library.OlmMachine.initFromStore(
    new library.UserId(engineUserId(needs.me.userId)),
    new library.DeviceId(needs.me.deviceId),
    stores.handle,
    silent,
  );
  stores.handle.free();
  // Forwarded keys come without proof of who made them; missing-keys.ts asks the sender itself.
  olm.roomKeyRequestsEnabled = false;
  olm.roomKeyForwardingEnabled = false;
  return watched(library, olm, stores, needs);
}

async function openStores(library: Library, { database, me }: MachineNeeds) {
  try {
    const handle = await library.StoreHandle.open(engineStore(me), undefined, silent);
    return { handle, notes: await storedNotes(database, notesStore(me)), durable: true };
  } catch {
    // Private mode, or storage that the person forbade: the two must not be of different ages.
    const handle = await library.StoreHandle.open(undefined, undefined, silent);
    return { handle, notes: memoryNotes(), durable: false };
  }
}

function watched(
  library: Library,
  olm: Wasm.OlmMachine,
  stores: { notes: Notes; durable: boolean },
  { timers, onUncaught }: MachineNeeds,
): Machine {
  const broken = cell(false);
  const waiting = new Set<(error: Error) => void>();
  const breakDown = () => {
    broken.set(true);
    for (const reject of waiting) reject(new EngineBroken());
    waiting.clear();
  };
  const stopListening = onUncaught((error) => {
    if (error instanceof WebAssembly.RuntimeError) breakDown();
  });

  return {
    library,
    olm,
    notes: stores.notes,
    durable: stores.durable,
    broken,
    async call(run) {
      if (broken.get()) throw new EngineBroken();
      let giveUp: (error: Error) => void = () => undefined;
      const death = new Promise<never>((_resolve, reject) => (giveUp = reject));
      waiting.add(giveUp);
      let cancel = timers.after(PATIENCE, () => (cancel = timers.after(PATIENCE, breakDown)));
      try {
        return await Promise.race([run(), death]);
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) breakDown();
        throw broken.get() ? new EngineBroken() : error;
      } finally {
        cancel();
        waiting.delete(giveUp);
      }
    },
    close() {
      stopListening();
      stores.notes.close();
      if (!broken.get()) olm.close();
    },
  };
}

/** What the library has to say names people and devices; nobody reads it. */
export const silent = { debug() {}, info() {}, warn() {}, error() {} };
