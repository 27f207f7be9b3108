/** Performs what the link's machine decides: makes and ends peers, carries signals, pings, reads statistics. */
import * as v from 'valibot';
import type { Scope } from '../scope.ts';
import { createScope } from '../scope.ts';
import { cell } from '../value.ts';
import { controlSchema } from '../wire/control.ts';
import type { ControlMessage } from '../wire/control.ts';
import { signalSchema } from '../wire/signal.ts';
import type { Candidate, Signal } from '../wire/signal.ts';
import { WIRE_VERSION } from '../wire/version.ts';
import { createBatch } from './batch.ts';
import { selectedPair } from './candidates.ts';
import { certificateMatches } from './certificate.ts';
import type { SelectedPair } from './candidates.ts';
import type { Link, LinkNeeds, LinkView } from './link.ts';
import { createLiveness } from './liveness.ts';
import type { Liveness } from './liveness.ts';
import { step } from './machine.ts';
import { NEW_LINK } from './state.ts';
import type { LinkEffect, LinkEvent } from './state.ts';
import type { Peer } from './peer.ts';
import { answered, UNMEASURED } from './quality.ts';

/** Candidates come in bursts; one signal carries those of a moment. */
const CANDIDATES_WAIT = 1;
const RESTART_PAUSE = 2_000;
/** Answered pings between two looks at the pair. */
const READ_PAIR_EVERY = 5;
/** The selected pair is known a little after the channel opens. */
const PAIR_WAIT = 150;

/** What belongs to one attempt and ends with it. */
interface Attempt {
  readonly linkId: string;
  readonly scope: Scope;
  readonly peer: Peer | null;
  readonly liveness: Liveness | null;
  /** Signals that came while the peer was being made. */
  readonly early: Signal[];
}

export function createLink(needs: LinkNeeds): Link {
  const { platform, address, ownDeviceId } = needs;
  const { clock, random, timers } = platform;
  let state = NEW_LINK;
  let attempt: Attempt | null = null;
  let restartedAt = -Infinity;
  let cancelTimer = (): void => undefined;
  const view = cell<LinkView>({
    at: state.at,
    wanted: false,
    failures: 0,
    pair: null,
    rtt: null,
    slow: false,
  });
  const peer = cell<Peer | null>(null);

  function dispatch(event: LinkEvent): void {
    const before = state;
    const next = step(state, event, {
      now: clock.monotonic(),
      fraction: random.fraction(),
      newLinkId: newLinkId(random.bytes(12)),
      ownIdFirst: ownDeviceId < address.deviceId,
    });
    state = next.state;
    next.effects.forEach(perform);
    if (state.deadline !== before.deadline) armTimer();
    show({ at: state.at, wanted: state.wanted, failures: state.failures });
    if (before.wanted !== state.wanted) attempt?.liveness?.ping();
  }

  function armTimer(): void {
    cancelTimer();
    if (state.deadline !== null) {
      cancelTimer = timers.after(Math.max(0, state.deadline - clock.monotonic()), () =>
        dispatch({ type: 'timer' }),
      );
    }
  }

  function show(change: Partial<LinkView>): void {
    const current = view.get();
    const next = { ...current, ...change };
    const keys = Object.keys(change) as (keyof LinkView)[];
    if (keys.some((key) => current[key] !== next[key])) view.set(next);
  }

  function perform(effect: LinkEffect): void {
    switch (effect.do) {
      case 'create':
        void create(effect.linkId, effect.initiator);
        return;
      case 'destroy':
        if (attempt?.linkId === effect.linkId) endAttempt();
        return;
      case 'bye':
        send(effect.linkId, { type: 'bye' });
        return;
      case 'restart':
        void restart(effect.linkId);
    }
  }

  function endAttempt(): void {
    const ending = attempt;
    attempt = null;
    peer.set(null);
    show({ pair: null, rtt: null, slow: false });
    ending?.scope.end();
  }

  // --- One attempt -----------------------------------------------------------------------------------------------

  async function create(linkId: string, initiator: boolean): Promise<void> {
    const scope = createScope();
    const starting: Attempt = { linkId, scope, peer: null, liveness: null, early: [] };
    attempt = starting;
    const [maker, servers] = await Promise.all([needs.peerMaker(), needs.iceServers.get()]);
    if (scope.ended) return;
    const made = maker?.make({ initiator, iceServers: servers, events: peerEvents(linkId, scope) });
    if (!made) {
      // The script did not arrive or the browser refused; the machine's back-off brings the next try.
      dispatch({ type: 'gone', linkId });
      return;
    }
    scope.own(() => made.destroy());
    let answers = 0;
    let quality = UNMEASURED;
    const liveness = createLiveness({
      clock,
      timers,
      scope,
      held: () => state.wanted,
      send: (message) => made.sendControl(JSON.stringify(message)),
      onSilent: () => dispatch({ type: 'disturbed', linkId }),
      onAnswer: (rtt) => {
        quality = answered(quality, rtt);
        show({ rtt, slow: quality.slow });
        if ((answers += 1) % READ_PAIR_EVERY === 0) readPair(linkId);
        if (state.at.phase === 'recovering') steady(linkId);
      },
    });
    attempt = { ...starting, peer: made, liveness };
    for (const signal of starting.early) take(signal);
  }

  function peerEvents(linkId: string, scope: Scope) {
    const candidates = createBatch<Candidate>(timers, scope, CANDIDATES_WAIT, (batch) => {
      send(linkId, { type: 'candidates', candidates: batch });
    });
    return {
      signal: (signal: Signal) => {
        if (signal.type === 'candidates') candidates.add(signal.candidates);
        else send(linkId, signal);
      },
      control: (text: string) => takeControl(text),
      chat: (bytes: Uint8Array) => {
        attempt?.liveness?.heard();
        needs.onChat(bytes);
      },
      chatDrained: needs.onDrained,
      opened: () => opened(linkId),
      ice: (ice: RTCIceConnectionState) => {
        if (ice === 'disconnected') dispatch({ type: 'disturbed', linkId });
        // Asks for a sign of life at once instead of at the next beat.
        if (ice === 'connected') attempt?.liveness?.ping();
      },
      gone: () => dispatch({ type: 'gone', linkId }),
    };
  }

  function opened(linkId: string): void {
    if (attempt?.linkId !== linkId || !attempt.peer) return;
    dispatch({ type: 'opened', linkId });
    peer.set(attempt.peer);
    attempt.liveness?.start();
    attempt.peer.sendControl(JSON.stringify({ type: 'hello', wire: WIRE_VERSION, capabilities: [] }));
    readPair(linkId);
    const ice = attempt.peer.connection.sctp?.transport.iceTransport;
    // Where the browser does not tell, the regular reading has to do.
    if (ice) ice.onselectedcandidatepairchange = () => readPair(linkId);
  }

  function steady(linkId: string): void {
    dispatch({ type: 'steady', linkId });
    readPair(linkId);
  }

  /** Holds on to nothing but the link's name meanwhile: a browser may never answer for a connection that was closed. */
  function readPair(linkId: string): void {
    if (attempt?.linkId !== linkId) return;
    void attempt.peer?.connection.getStats().then(
      (report) => {
        const entries: [string, unknown][] = [];
        report.forEach((entry: unknown, id: string) => entries.push([id, entry]));
        takeReport(linkId, entries);
      },
      // Of a connection that was closed meanwhile nothing is to be known.
      () => undefined,
    );
  }

  function takeReport(linkId: string, report: Iterable<[string, unknown]>): void {
    if (attempt?.linkId !== linkId) return;
    const sdp = attempt.peer?.connection.remoteDescription?.sdp ?? '';
    if (certificateMatches(report, sdp) === false) {
      dispatch({ type: 'gone', linkId });
      return;
    }
    const pair = selectedPair(report);
    if (pair) showPair(pair);
    else attempt.scope.own(timers.after(PAIR_WAIT, () => readPair(linkId)));
  }

  function showPair(pair: SelectedPair): void {
    const { pair: before } = view.get();
    // Read again and again, it is mostly the same one.
    if (JSON.stringify({ ...before, rtt: null }) !== JSON.stringify({ ...pair, rtt: null })) show({ pair });
  }

  async function restart(linkId: string): Promise<void> {
    // Both sides notice a loss at about the same time and one asks the other: a second offer would upset the first.
    if (clock.monotonic() - restartedAt < RESTART_PAUSE) return;
    restartedAt = clock.monotonic();
    const servers = await needs.iceServers.get();
    if (attempt?.linkId === linkId) attempt.peer?.restart(servers);
  }

  // --- Signals ---------------------------------------------------------------------------------------------------

  /**
   * Over the link while it is alive, since that is quicker and needs no server; else through the server. What mends it
   * goes both ways while it recovers, as either may be the one that is cut.
   */
  function send(linkId: string, signal: Signal): void {
    const body = JSON.stringify(signal);
    const overLink = signal.type !== 'bye' && sendOverLink(linkId, body);
    if (overLink && (state.at.phase === 'open' || !mends(signal))) return;
    void needs.sendSignal(address, linkId, body).then((result) => {
      if (!result.ok && !overLink && signal.type !== 'bye') dispatch({ type: 'refused', linkId });
    });
  }

  function sendOverLink(linkId: string, body: string): boolean {
    if (attempt?.linkId !== linkId || !attempt.liveness?.fresh()) return false;
    return attempt.peer?.sendControl(JSON.stringify({ type: 'signal', body })) ?? false;
  }

  function takeSignal(linkId: string, body: string): void {
    const parsed = v.safeParse(signalSchema, body);
    if (!parsed.success) return;
    const signal = parsed.output;
    if (signal.type === 'offer' && signal.round === 1) dispatch({ type: 'offered', linkId });
    if (attempt?.linkId === linkId) take(signal);
  }

  function take(signal: Signal): void {
    if (!attempt) return;
    if (signal.type === 'bye') dispatch({ type: 'bye', linkId: attempt.linkId });
    else if (!attempt.peer) attempt.early.push(signal);
    else if (signal.type === 'renegotiate' && signal.restart) askedToRestart(attempt.linkId);
    else attempt.peer.take(signal);
  }

  function askedToRestart(linkId: string): void {
    if (state.at.phase === 'open') dispatch({ type: 'disturbed', linkId });
    else void restart(linkId);
  }

  function takeControl(text: string): void {
    const parsed = v.safeParse(controlSchema, text);
    if (!parsed.success || !attempt) return;
    attempt.liveness?.heard();
    onControl(parsed.output, attempt);
  }

  function onControl(message: ControlMessage, current: Attempt): void {
    switch (message.type) {
      case 'ping':
        current.peer?.sendControl(JSON.stringify({ type: 'pong', n: message.n } satisfies ControlMessage));
        if (message.held !== state.wantedThere) dispatch({ type: 'wanted-there', on: message.held });
        return;
      case 'pong':
        current.liveness?.answered(message.n);
        return;
      case 'signal':
        takeSignal(current.linkId, message.body);
        return;
      case 'hello':
      // Nothing depends on the other side's capabilities yet; that they are said lets later versions rely on it.
    }
  }

  return {
    address,
    view,
    peer,
    event: dispatch,
    takeSignal,
    sendChat: (bytes) => attempt?.peer?.sendChat(bytes) ?? 'closed',
    close: () => {
      dispatch({ type: 'close' });
      cancelTimer();
    },
  };
}

/** Whether a repeat of it does nothing. */
function mends(signal: Signal): boolean {
  return (
    signal.type === 'offer' ||
    signal.type === 'answer' ||
    signal.type === 'candidates' ||
    (signal.type === 'renegotiate' && signal.restart)
  );
}

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function newLinkId(bytes: Uint8Array): string {
  return [...bytes].map((byte) => ID_ALPHABET.charAt(byte % 64)).join('');
}
