/** Two people's engines in one page, over IndexedDB, with the key server and mailboxes in memory. */
import type { FakeDevice } from '../../fakes/key-world.ts';
import { createKeyWorld, roomOf } from '../../fakes/key-world.ts';
import { loadLibrary } from '../../../web/core/crypto/machine.ts';

declare global {
  interface Window {
    engineBench: typeof bench;
  }
}

const TEXT = {
  type: 'text',
  id: '01JB2C3D4E5F6G7H8J9K0M',
  text: 'See you at the corner at eight? 晚上八点在街角见',
};
let anna: FakeDevice;
let ben: FakeDevice;
/** The engine's own library without a wrapper or a store: what sealing and opening cost at the least. */
let bare: { seal(): Promise<unknown>; open(): Promise<unknown> };

async function timed<T>(task: () => Promise<T>): Promise<[number, T]> {
  const begun = performance.now();
  const value = await task();
  return [performance.now() - begun, value];
}

function valueOf<T>(outcome: { ok: true; value: T } | { ok: false; failure: unknown }): T {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.failure));
}

const sealed = async (content: object = TEXT) =>
  valueOf(await anna.engine.seal(roomOf(anna.userId, ben.userId), content)).bytes;
const open = async (bytes: Uint8Array) => {
  const opened = await ben.engine.open(roomOf(anna.userId, ben.userId).id, anna, bytes);
  if (!opened.ok) throw new Error(opened.why);
  return opened.place;
};

async function samples(count: number, task: () => Promise<unknown>): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < count; n++) all.push((await timed(task))[0]);
  return all;
}

const bench = {
  /** ms until the engine's script is there and ready. */
  load: async () => (await timed(loadLibrary))[0],

  /** ms until a device's store is open, its keys uploaded and its identity made. */
  async register() {
    const world = createKeyWorld({ stored: true });
    let took: number;
    [took, anna] = await timed(() => world.register('anna', 'anna-phone'));
    ben = await world.register('ben', 'ben-laptop');
    await sealed();
    await ben.fetch();
    await prepareBare();
    return { took, durable: anna.engine.durable };
  },

  /** ms until the engine of a device that was registered before is open. */
  async reopen() {
    ben.engine.close();
    const [took, again] = await timed(() => ben.reopen());
    ben = again;
    return took;
  },

  seal: (count: number) => samples(count, () => sealed()),
  async open(count: number) {
    const waiting: Uint8Array[] = [];
    for (let n = 0; n < count; n++) waiting.push(await sealed());
    await ben.fetch();
    return samples(count, () => open(waiting.pop()!));
  },
  bareSeal: (count: number) => samples(count, () => bare.seal()),
  bareOpen: (count: number) => samples(count, () => bare.open()),

  /** ms to open and settle so many messages, in the pages in which the mailbox hands them over. */
  async openMany(count: number, page: number) {
    const waiting: Uint8Array[] = [];
    for (let n = 0; n < count; n++) waiting.push(await sealed());
    await ben.fetch();
    const [took] = await timed(async () => {
      for (let at = 0; at < count; at += page) {
        const places = await Promise.all(waiting.slice(at, at + page).map(open));
        valueOf(await ben.engine.settle(places));
      }
    });
    return took;
  },

  /** ms for one signal of an offer's size, sealed and opened. */
  signal: (count: number) =>
    samples(count, async () => {
      const bytes = valueOf(await anna.engine.sealSignal(ben, 'v=0 '.repeat(600)));
      valueOf(await ben.engine.openSignal(anna, bytes));
    }),
};

async function prepareBare(): Promise<void> {
  const library = await loadLibrary();
  const machine = await library.OlmMachine.initialize(
    new library.UserId('@bare:holler'),
    new library.DeviceId('BARE'),
  );
  const room = new library.RoomId('!bare:holler');
  const settings = new library.EncryptionSettings();
  settings.rotationPeriodMessages = 10_000n;
  await machine.shareRoomKey(room, [], settings);
  const text = JSON.stringify(TEXT);
  const seal = () => machine.encryptRoomEvent(room, 'm', text);
  const event = (content: string) =>
    `{"type":"m.room.encrypted","event_id":"$","origin_server_ts":0,"sender":"@bare:holler","content":${content}}`;
  const one = event(await seal());
  const any = new library.DecryptionSettings(library.TrustRequirement.Untrusted);
  bare = { seal, open: () => machine.decryptRoomEvent(one, room, any) };
}

window.engineBench = bench;
