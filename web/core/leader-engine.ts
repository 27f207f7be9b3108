/** The leading tab's engine: has it loaded, again if it did not arrive, and brings it the server's news in order. */
import type { Address } from './crypto/address.ts';
import type { Engine, EngineNeeds, News } from './crypto/engine-model.ts';
import type { FullPlatform } from './full-platform.ts';
import type { SecurityTools } from './identity-keeper.ts';
import type { Mailbox } from './mail/mailbox.ts';
import type { Scope } from './scope.ts';
import type { Http } from './signaling/http.ts';

interface Needs extends Pick<EngineNeeds, 'isOnline' | 'mayRead' | 'onKeys' | 'onTold'> {
  readonly platform: FullPlatform;
  readonly scope: Scope;
  readonly http: Http;
  readonly me: Address;
  readonly mailbox: () => Mailbox;
  /** What was sealed before, or could not be, may be sealed for other devices now: of this friend, or of anybody (null). */
  readonly onDevices: (conversationId: string | null) => void;
  /** The engine is there, or (null) could not be had. */
  readonly onEngine: (tools: SecurityTools | null) => void;
  /** The server's word on keys has been taken in; resolves when this device's own identity is looked after. */
  readonly onNews: () => Promise<void>;
}

export interface LeaderEngine {
  /** Null before it is there. */
  now(): Engine | null;
  /** Null: it cannot be had now. */
  open(): Promise<Engine | null>;
  /** At every welcome, and whenever the server says that keys changed. */
  readonly announce: (news: News) => Promise<void>;
}

const RETRY = { first: 5_000, max: 60_000 };

export function startEngine(needs: Needs): LeaderEngine {
  const { platform, scope, me } = needs;
  const { timers, random } = platform;
  let engine: Engine | null = null;
  let opening: Promise<Engine | null> | null = null;
  /** Each taken in before the next. */
  let news: Promise<unknown> = Promise.resolve();

  function open(): Promise<Engine | null> {
    return (opening ??= openNew());
  }

  async function openNew(): Promise<Engine | null> {
    const tools = await fetchTools();
    if (scope.ended) {
      tools?.engine.close();
      return null;
    }
    needs.onEngine(tools);
    if (tools) {
      engine = tools.engine;
      watch(engine);
    } else opening = null;
    return engine;
  }

  /** Its files may not have arrived, though the server is there. Null only when nobody needs it any more. */
  async function openAtLast(): Promise<Engine | null> {
    for (let wait = RETRY.first; !scope.ended; wait = Math.min(2 * wait, RETRY.max)) {
      const opened = await open();
      if (opened) return opened;
      await new Promise<void>((resolve) => void timers.after(wait, resolve));
    }
    return null;
  }

  async function fetchTools(): Promise<SecurityTools | null> {
    const encryption = await platform.loadEncryption().catch((error: unknown) => {
      // Usually a network that is down. It is tried again, and until then the page says that it has no keys.
      platform.report('loading the encryption', error);
      return null;
    });
    if (!encryption) return null;
    const { createDirectory, createVault, openEngine, ...rest } = encryption;
    const directory = createDirectory(needs.http);
    const opened = await openEngine({ ...engineNeeds(), keys: directory });
    if (!opened.ok) return null;
    const vaults = platform.subtle && createVault({ subtle: platform.subtle, random });
    return { engine: opened.value, directory, vaults, ...rest };
  }

  function engineNeeds(): Omit<EngineNeeds, 'keys'> {
    return {
      me,
      database: platform.database,
      fetch: platform.fetch,
      timers,
      clock: platform.clock,
      random,
      subtle: platform.subtle,
      startReader: platform.startReader,
      report: platform.report,
      onUncaught: (listener) => platform.page.onUncaught(listener),
      isOnline: needs.isOnline,
      mail: (id, parcels) =>
        needs.mailbox().send(
          id,
          parcels.map(({ to, bytes }) => ({ to: [to], bytes })),
        ),
      mayRead: needs.mayRead,
      onDevices: (userId) => needs.onDevices(userId === me.userId ? null : userId),
      onKeys: needs.onKeys,
      onTold: needs.onTold,
    };
  }

  function watch(made: Engine): void {
    const { broken, identity } = made;
    scope.own(() => made.close());
    scope.own(broken.subscribe(() => broken.get() && needs.onEngine(null)));
    scope.own(identity.state.subscribe(() => identity.state.get() === 'ready' && needs.onDevices(null)));
  }

  function announce(said: News): Promise<void> {
    const done = news.then(async () => {
      const opened = await openAtLast();
      if (!opened || scope.ended) return;
      await opened.announce(said);
      if (said.versions?.[me.userId] !== undefined) await needs.onNews();
      const changed = Object.keys(said.versions ?? {});
      if (changed.length === 1 && changed[0] !== me.userId) needs.onDevices(changed[0] ?? null);
      else if (changed.length > 0) needs.onDevices(null);
    });
    // Its failure is for who asked; what comes next is taken in all the same.
    news = done.catch(() => undefined);
    return done;
  }

  return { now: () => engine, open, announce };
}
