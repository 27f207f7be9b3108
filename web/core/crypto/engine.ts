/**
 * End-to-end encryption for one device: seals and opens messages and signals, keeps keys and trust. It knows no socket
 * and no storage of its own but gets functions; messenger.ts joins it to the rest. One tab of a browser may have it open
 * at a time (the leader), since two would undo each other's ratchets.
 */
import { hexOf } from '../hex.ts';
import type { Engine, EngineNeeds } from './engine-model.ts';
import { createEvents } from './events.ts';
import type { Identity } from './identity.ts';
import { createIdentity } from './identity.ts';
import { createKeyless } from './keyless.ts';
import type { Library, Machine } from './machine.ts';
import { createInvites } from './invites.ts';
import { EngineBroken, loadLibrary, openMachine } from './machine.ts';
import { createMissingKeys } from './missing-keys.ts';
import { createOlmSessions } from './olm-sessions.ts';
import { createOpening } from './opening.ts';
import type { EngineFailure, Outcome } from './outcome.ts';
import { no, unreachable, yes } from './outcome.ts';
import { createOutgoing } from './outgoing.ts';
import type { People } from './people.ts';
import { createPeople } from './people.ts';
import { createPost } from './post.ts';
import { createRemovals } from './removals.ts';
import { createRepeats } from './repeats.ts';
import type { Rooms } from './rooms.ts';
import { createRooms } from './rooms.ts';
import { createSigning } from './signing.ts';
import { createSignalKeys } from './signal-keys.ts';
import type { SignalFailure } from './signals.ts';
import { createSignals } from './signals.ts';
import { createSync } from './sync.ts';
import { createTelling } from './telling.ts';
import { createTrust, isStopped } from './trust.ts';
import { createVerifying } from './verifying.ts';

/** Without HTTPS nothing can be proven by a link's secret. */
const NO_CIPHERS = no({ why: 'not-ready' } as const);

/** `unreachable`: its files could not be fetched. `storage`: the store is of another device, or damaged. */
export async function openEngine(needs: EngineNeeds): Promise<Outcome<Engine>> {
  let library: Library;
  try {
    library = await loadLibrary(needs.fetch);
  } catch {
    return unreachable({ code: 'network' });
  }
  return attempt(async () => yes(await join(await openMachine(library, needs), needs)));
}

async function join(machine: Machine, needs: EngineNeeds): Promise<Engine> {
  const { me, keys, clock, random } = needs;
  const newId = () => hexOf(random.bytes(16));
  const sync = createSync(machine);
  const sessions = createOlmSessions(machine, keys);
  const post = createPost({ machine, me, mail: needs.mail, sessions, people: () => people });
  const outgoing = createOutgoing({
    machine,
    keys,
    post,
    timers: needs.timers,
    fraction: () => random.fraction(),
    withoutRemoved: (devices) => removals.without(devices),
    onSent: () => verifying.tell(),
    onQueried: (asked, answer) => people.queried(asked, answer),
    onUploaded: (oneTimeKeys, withFallback) => sync.uploaded(oneTimeKeys, withFallback),
    onForeign: () => identity.lose(),
    report: needs.report,
  });
  const people: People = await createPeople({ machine, sync, outgoing, clock });
  const trust = await createTrust({
    machine,
    me: me.userId,
    onDisproved(userId) {
      people.touch();
      needs.onDevices(userId);
    },
  });
  const keyless = await createKeyless({
    notes: machine.notes,
    sessions,
    timers: needs.timers,
    fraction: () => random.fraction(),
    onAsked(userId) {
      people.touch();
      needs.onDevices(userId);
    },
  });
  const events = createEvents({
    machine,
    sync,
    people,
    onUndecryptable: (from) => missing.undecryptable(from),
    onOpened: (from) => keyless.heard(from),
    onUnwrapped: ({ userId }) => verifying.look(userId),
  });
  const removals = await createRemovals({
    me,
    notes: machine.notes,
    events,
    post,
    people: () => people,
    newId,
    onRemoved: needs.onDevices,
  });
  const missing = createMissingKeys({
    ...needs,
    machine,
    events,
    post,
    people,
    sessions,
    newId,
    mayRead: async (roomId, person, sessionId) =>
      needs.mayRead(roomId, person) && rooms.wasFor(sessionId, person),
    onKeys(sessionIds) {
      opening.came(sessionIds);
      needs.onKeys(sessionIds);
    },
  });
  const telling = createTelling({ me, events, post, people, trust, newId, onTold: needs.onTold });
  const signing = createSigning({ machine, me, people, trust });
  const invites =
    needs.subtle &&
    createInvites({
      ...needs,
      subtle: needs.subtle,
      machine,
      events,
      telling,
      signing,
      people,
      trust,
      outgoing,
    });
  const repeats = createRepeats(machine.notes);
  const signalKeys =
    needs.subtle && createSignalKeys({ subtle: needs.subtle, me, notes: machine.notes, clock, random });
  const identity: Identity = createIdentity({ machine, me, keys, outgoing, people, trust });
  const verifying = createVerifying({
    machine,
    me,
    people,
    outgoing,
    post,
    timers: needs.timers,
    async onDone(userId) {
      // The engine believes what it signed only when it sees the signature in an answer of the server.
      await outgoing.flush();
      await people.refresh([userId]);
      await trust.refresh(userId);
      if (userId !== me.userId) return;
      if ((await identity.secrets()) === null) await identity.askForSecrets();
      await identity.check();
    },
  });
  const rooms: Rooms = createRooms({
    machine,
    me,
    people,
    trust,
    sessions,
    keyless,
    outgoing,
    clock,
    isOnline: needs.isOnline,
    isReady: () => identity.state.get() === 'ready',
  });
  const opening = createOpening({
    ...needs,
    machine,
    people,
    trust,
    repeats,
    voucherOf: (sessionId) => missing.voucherOf(sessionId),
    onMissing: (roomId, from, sessionId) => missing.missing(roomId, from, sessionId),
  });
  await identity.recall();

  /** What the engine wants sent after it took something in. Nobody waits for it; failing, it is tried again. */
  const flushSoon = () => void outgoing.flush().catch(() => undefined);

  async function mayTalkTo(person: string): Promise<Outcome> {
    if (identity.state.get() !== 'ready') return no({ why: 'not-ready' });
    const followed = await people.follow([person]);
    if (!followed.ok) return unreachable(followed.failure);
    return isStopped(await trust.level(person))
      ? no({ why: 'identity-changed', userId: person })
      : yes(undefined);
  }

  const signals = createSignals({ post, events, sessions, people, keys: signalKeys, mayTalkTo });

  return {
    announce: (news) =>
      attempt(async () => {
        await people.announce(news);
        if (news.versions?.[me.userId] !== undefined) return identity.check();
        flushSoon();
        return yes(undefined);
      }),
    devicesOf: (userId) =>
      attempt(async () => {
        const followed = await people.follow([userId]);
        if (!followed.ok) return unreachable(followed.failure);
        return yes(isStopped(await trust.level(userId)) ? [] : await people.devicesOf(userId));
      }),
    audience: (room) => (machine.broken.get() ? null : rooms.audience(room)),
    prepare: (room) => attempt(() => rooms.prepare(room)),
    seal: (room, content) => attempt(() => rooms.seal(room, content)),
    open: opening.open,
    settle: (places) => attempt(async () => yes(await repeats.settle(places))),
    takeEvents: (letters) =>
      attempt(async () => {
        const received = await events.receive(letters);
        flushSoon();
        return yes(received);
      }),
    sealSignal: (to, text) => attempt(() => signals.seal(to, text)),
    openSignal: (from, bytes) => attempt<string, SignalFailure>(() => signals.open(from, bytes)),
    trust: (userId) => trust.of(userId),
    accept: (userId) =>
      attempt(async () => {
        await trust.accept(userId);
        people.touch();
        return yes(undefined);
      }),
    identity: {
      state: identity.state,
      check: () => attempt(() => identity.check()),
      create: () => attempt(() => identity.create()),
      restore: (secrets) => attempt(() => identity.restore(secrets)),
      reset: (proof) => attempt(() => identity.reset(proof)),
      secrets: () => identity.secrets(),
    },
    tell: (persons, content) => attempt(() => telling.tell(persons, content)),
    invites: {
      open: (id, expiresAt) => attempt(async () => invites?.open(id, expiresAt) ?? NO_CIPHERS),
      forget: (id) => attempt(async () => invites?.forget(id) ?? NO_CIPHERS),
      came: (secret, inviterId) => attempt(async () => invites?.came(secret, inviterId) ?? NO_CIPHERS),
      settle: () => attempt(async () => invites?.settle() ?? NO_CIPHERS),
    },
    sign: (text) => attempt(() => signing.sign(text)),
    keysOf: (persons) => attempt(() => signing.keysOf(persons)),
    tellRemoved: (deviceId, friends) => attempt(() => removals.tell(deviceId, friends)),
    settleRemovals: (friends) => attempt(() => removals.settle(friends)),
    removed: () => removals.named(),
    heardRemoved: (from, deviceIds) => attempt(() => removals.heard(from, deviceIds)),
    verifying: {
      all: verifying.all,
      ask: (userId) => attempt(() => verifying.ask(userId)),
      accept: (id) => attempt(() => verifying.accept(id)),
      compare: (id) => attempt(() => verifying.compare(id)),
      show: (id) => attempt(() => verifying.show(id)),
      scan: (id, code) => attempt(() => verifying.scan(id, code)),
      confirm: (id) => attempt(() => verifying.confirm(id)),
      mismatch: (id) => attempt(() => verifying.mismatch(id)),
      cancel: (id) => attempt(() => verifying.cancel(id)),
      dismiss: (id) => verifying.dismiss(id),
    },
    durable: machine.durable,
    broken: machine.broken,
    close() {
      outgoing.close();
      opening.close();
      missing.close();
      keyless.close();
      verifying.close();
      machine.close();
    },
  };
}

/** The engine's exceptions as values: its death, and what the browser's storage refused. */
async function attempt<T, F = EngineFailure>(
  task: () => Promise<Outcome<T, F>>,
): Promise<Outcome<T, F | { readonly why: 'broken' | 'storage' }>> {
  try {
    return await task();
  } catch (error) {
    return no({ why: error instanceof EngineBroken ? 'broken' : 'storage' });
  }
}
