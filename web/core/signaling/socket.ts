/** The WebSocket to the server: connects, answers pings, notices silence, comes back, and matches answers to requests. */
import * as v from 'valibot';
import { TIMES } from '../../../signaling/protocol/limits.ts';
import { serverMessageSchema } from '../../../signaling/protocol/socket.ts';
import type { ClientMessage, ServerMessage } from '../../../signaling/protocol/socket.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../../../signaling/protocol/version.ts';
import type { Failure, Result } from '../model.ts';
import type { Platform, PlatformSocket } from '../platform.ts';
import { fail, ok } from '../result.ts';
import type { Scope } from '../scope.ts';
import { cell } from '../value.ts';
import type { Value } from '../value.ts';
import { createPace } from './pace.ts';
import { afterEnd } from './reconnect.ts';
import type { SocketState } from './reconnect.ts';

const WELCOME_WITHIN = 10_000;
const ANSWER_WITHIN = 10_000;
/** A connection that lasted this long was a good one: the next failure starts the back-off anew. */
const LASTING = 10_000;
/** Somewhat less than the server allows, which takes too much for abuse. */
const REQUEST_RATE = { burst: 200, perSecond: 50 };
/** Our own close code, for a socket that fell silent. */
const SILENT = 4000;

type Asking = Extract<ClientMessage, { ref: number }>;
type WithoutRef<T> = T extends { ref: number } ? Omit<T, 'ref'> : never;
type SocketRequest = WithoutRef<Asking>;
type Said<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;
/** What the server answers to a request that it grants. */
interface Answers {
  signal: Said<'accepted'>;
  relay: Said<'accepted'>;
  mail: Said<'mailed'>;
  'mail-next': Said<'mail-page'>;
}
type Answer = Answers[keyof Answers];
const ANSWER_TO = {
  signal: 'accepted',
  relay: 'accepted',
  mail: 'mailed',
  'mail-next': 'mail-page',
} as const satisfies Record<Asking['type'], Answer['type']>;
type Telling = Exclude<ClientMessage, { ref: number }>;

export interface Socket {
  readonly state: Value<SocketState>;
  /** False if there is no connection; then nothing was sent. */
  tell(message: Telling): boolean;
  /** Resolves when the server has answered, or with `network` when it did not. */
  readonly ask: <R extends SocketRequest>(request: R) => Promise<Result<Answers[R['type']]>>;
  start(): void;
  retryNow(): void;
}

interface Needs {
  readonly platform: Pick<Platform, 'clock' | 'random' | 'timers' | 'openSocket' | 'page'>;
  readonly scope: Scope;
  /** Asks the HTTP API why a socket was refused: the browser hides the answer to a failed upgrade. */
  readonly probe: () => Promise<Failure | null>;
  readonly onMessage: (message: ServerMessage) => void;
}

export function createSocket({ platform, scope, probe, onMessage }: Needs): Socket {
  const { clock, random, timers, page } = platform;
  const state = cell<SocketState>({ state: 'idle' });
  const waiting = new Map<number, (result: Result<Answer>) => void>();
  const pace = createPace(clock, timers, REQUEST_RATE);
  let socket: PlatformSocket | null = null;
  let failures = 0;
  let welcomedAt: number | null = null;
  let lastHeard = 0;
  let nextRef = 1;
  let cancelTimer = (): void => undefined;

  function connect(): void {
    cancelTimer();
    state.set({ state: 'connecting', attempt: failures + 1 });
    welcomedAt = null;
    lastHeard = clock.monotonic();
    const opened = platform.openSocket(`${SOCKET_PATH}?v=${PROTOCOL_VERSION}`);
    socket = opened;
    opened.onmessage = ({ data }) => {
      if (socket === opened) heard(data);
    };
    opened.onclose = ({ code }) => {
      if (socket === opened) void ended(code);
    };
    cancelTimer = timers.after(WELCOME_WITHIN, () => drop(opened));
  }

  /** Does not wait for the close event, which takes minutes on a dead network. */
  function drop(old: PlatformSocket): void {
    if (socket !== old) return;
    old.close(SILENT);
    void ended(SILENT);
  }

  async function ended(code: number): Promise<void> {
    cancelTimer();
    release();
    const lasted = welcomedAt !== null && clock.monotonic() - welcomedAt >= LASTING;
    failures = lasted ? 1 : failures + 1;
    for (const answer of waiting.values()) answer(fail('network'));
    pace.flush();
    const refused = welcomedAt === null && code !== SILENT ? await probe() : null;
    // While the probe was under way the scope may have ended or a retry begun.
    if (scope.ended || socket !== null) return;
    const next = afterEnd({
      code,
      refused,
      failures,
      networkUp: page.online(),
      now: clock.now(),
      fraction: random.fraction(),
    });
    state.set(next);
    if (next.state === 'offline' && next.retryAt !== null) {
      cancelTimer = timers.after(next.retryAt - clock.now(), connect);
    }
  }

  function release(): void {
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket = null;
  }

  function heard(data: unknown): void {
    const message = parse(data);
    lastHeard = clock.monotonic();
    if (welcomedAt !== null || message?.type === 'welcome') watchSilence();
    if (!message) return;
    if (message.type === 'ping') tell({ type: 'pong' });
    else if (isAnswer(message)) waiting.get(message.ref)?.(ok(message));
    else if (message.type === 'error') {
      if (message.ref !== undefined) waiting.get(message.ref)?.(fail(message.code, message.retryAfter));
    } else {
      if (message.type === 'welcome') welcome(message.serverVersion);
      onMessage(message);
    }
  }

  function welcome(serverVersion: string): void {
    welcomedAt = clock.monotonic();
    state.set({ state: 'online', serverVersion });
  }

  function watchSilence(patience: number = TIMES.deadAfter): void {
    cancelTimer();
    const current = socket;
    if (current) cancelTimer = timers.after(patience, () => drop(current));
  }

  /** The old way may be dead: the next ping of the server must come in its time. */
  function doubt(): void {
    if (state.get().state === 'online') watchSilence(TIMES.pingEvery + 1_000);
  }

  function tell(message: Telling): boolean {
    return transmit(message);
  }

  function transmit(message: ClientMessage): boolean {
    if (!socket || state.get().state !== 'online') return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  function ask<R extends SocketRequest>(request: R): Promise<Result<Answers[R['type']]>> {
    return new Promise((resolve) =>
      pace.run(() => transmitAsking(request, (result) => resolve(result as Result<Answers[R['type']]>))),
    );
  }

  function transmitAsking(request: SocketRequest, resolve: (result: Result<Answer>) => void): void {
    const ref = nextRef++;
    const finish = (result: Result<Answer>): void => {
      if (!waiting.delete(ref)) return;
      cancel();
      const fits = !result.ok || result.value.type === ANSWER_TO[request.type];
      resolve(fits ? result : fail('internal'));
    };
    const cancel = timers.after(ANSWER_WITHIN, () => finish(fail('network')));
    waiting.set(ref, finish);
    if (!transmit({ ...request, ref } as Asking)) finish(fail('network'));
  }

  function retryNow(): void {
    const now = state.get().state;
    if (scope.ended) return;
    if (now === 'offline' && socket === null) connect();
    // After sleep the timers have slept as well: look at the clock.
    else if (now === 'online' && socket && clock.monotonic() - lastHeard > TIMES.deadAfter) drop(socket);
    else doubt();
  }

  scope.own(page.onOnline(retryNow));
  scope.own(page.onNetworkChange(doubt));
  scope.own(page.onVisibility(() => page.visible() && retryNow()));
  scope.own(() => {
    cancelTimer();
    const last = socket;
    release();
    last?.close(1000);
    for (const answer of waiting.values()) answer(fail('network'));
    pace.flush();
    state.set({ state: 'idle' });
  });

  return {
    state,
    tell,
    ask,
    start: () => {
      if (state.get().state === 'idle' && !scope.ended) connect();
    },
    retryNow,
  };
}

/** A page of mail without a number is no answer: it came in just now. */
function isAnswer(message: ServerMessage): message is Answer & { ref: number } {
  const type: string = message.type;
  return 'ref' in message && message.ref !== undefined && Object.values<string>(ANSWER_TO).includes(type);
}

/** Null for what this version does not understand: a newer server may say more than we know. */
function parse(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const parsed = v.safeParse(serverMessageSchema, JSON.parse(data));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
