/** The life of the link to one device of a friend, as a pure machine: state and event in, state and effects out. */
import { backOffDelay } from '../back-off.ts';
import { NEW_LINK } from './state.ts';
import type { LinkEffect, LinkEvent, LinkPhase, LinkState, LinkStep, LinkSurroundings } from './state.ts';

export const LINK_TIMES = {
  /** An attempt that has not opened by then is given up. */
  openWithin: 20_000,
  /** Between two ICE restarts of one recovery. */
  restartEvery: 3_000,
  /** After so many without effect, a new connection. */
  restartTries: 4,
  /** How long a silent connection is kept while no signal can reach the other side. */
  keepUnreachable: 60_000,
  /** An open link that neither side wants is kept warm this long. */
  keepUnwanted: 60_000,
  /** A link that lived shorter than this counts as a failure, or two sides could reopen in a tight circle. */
  shortLived: 5_000,
} as const;

const BACK_OFF = { first: 2_000, max: 60_000 };

export function step(state: LinkState, event: LinkEvent, world: LinkSurroundings): LinkStep {
  const { at } = state;
  switch (event.type) {
    case 'wanted':
      return onWanted({ ...state, wanted: event.on }, world);
    case 'wanted-there':
      return only(withIdleDeadline({ ...state, wantedThere: event.on }, world));
    case 'reachable':
      // It is told often; only its beginning and end mean something.
      if (event.on === state.reachable) return only(state);
      return onReachable({ ...state, reachable: event.on }, world);
    case 'offered':
      return onOffered(state, event.linkId, world);
    case 'network-changed':
      return at.phase === 'open' ? recover(state, at, world) : only(state);
    case 'retry':
      return onRetry(state, world);
    case 'timer':
      return onTimer(state, world);
    case 'close':
      return onClose(state);
    default:
      // Every other event speaks of one attempt; a late word about an earlier one changes nothing.
      return 'linkId' in at && at.linkId === event.linkId
        ? onAttempt(state, at, event.type, world)
        : only(state);
  }
}

type Attempt = Extract<LinkPhase, { linkId: string }>;

function onAttempt(
  state: LinkState,
  at: Attempt,
  type: 'opened' | 'disturbed' | 'steady' | 'gone' | 'refused' | 'bye',
  world: LinkSurroundings,
): LinkStep {
  switch (type) {
    case 'opened':
      return at.phase === 'opening' ? opened(state, at, world) : only(state);
    case 'disturbed':
      return at.phase === 'open' ? recover(state, at, world) : only(state);
    case 'steady':
      return at.phase === 'recovering' ? opened(state, at, world) : only(state);
    case 'refused':
      return at.phase === 'opening' ? failed(state, at, 'failed', world) : only(state);
    case 'gone':
      return lost(state, at, world);
    case 'bye':
      // Unless it is wanted here, the other side only closed what neither needs any more.
      if (state.wanted) return failed(state, at, 'failed', world);
      return { state: idle(state), effects: [{ do: 'destroy', linkId: at.linkId }] };
  }
}

function onWanted(state: LinkState, world: LinkSurroundings): LinkStep {
  if (state.at.phase === 'idle') return startIfWanted(state, world);
  return only(withIdleDeadline(state, world));
}

function onReachable(state: LinkState, world: LinkSurroundings): LinkStep {
  const { at } = state;
  if (!state.reachable) {
    if (at.phase !== 'opening') return only(state);
    return { state: idle(state), effects: [{ do: 'destroy', linkId: at.linkId }] };
  }
  // A device that comes (back) deserves a fresh try, whatever happened before.
  if (at.phase === 'resting' || at.phase === 'idle')
    return startIfWanted(idle({ ...state, failures: 0 }), world);
  if (at.phase === 'recovering') return recover(state, { ...at, tries: 0 }, world);
  return only(state);
}

function onOffered(state: LinkState, linkId: string, world: LinkSurroundings): LinkStep {
  const { at } = state;
  if ('linkId' in at && at.linkId === linkId) return only(state);
  if (at.phase === 'opening' && at.initiator && world.ownIdFirst) return only(state);
  const create: LinkEffect = { do: 'create', linkId, initiator: false };
  const effects: LinkEffect[] = 'linkId' in at ? [{ do: 'destroy', linkId: at.linkId }, create] : [create];
  return { state: opening({ ...state, wantedThere: true }, linkId, false, world), effects };
}

function onRetry(state: LinkState, world: LinkSurroundings): LinkStep {
  const { at } = state;
  if (at.phase === 'resting' || at.phase === 'idle')
    return startIfWanted(idle({ ...state, failures: 0 }), world);
  if (at.phase === 'recovering') return recover(state, { ...at, tries: 0 }, world);
  return only(state);
}

function onTimer(state: LinkState, world: LinkSurroundings): LinkStep {
  const { at } = state;
  switch (at.phase) {
    case 'idle':
      return only({ ...state, deadline: null });
    case 'resting':
      return startIfWanted(idle(state), world);
    case 'opening':
      return failed(state, at, 'timeout', world);
    case 'recovering':
      return onRecoveryTimer(state, at, world);
    case 'open':
      if (state.wanted || state.wantedThere) return only({ ...state, deadline: null });
      return {
        state: idle(state),
        effects: [
          { do: 'bye', linkId: at.linkId },
          { do: 'destroy', linkId: at.linkId },
        ],
      };
  }
}

function onRecoveryTimer(
  state: LinkState,
  at: Extract<LinkPhase, { phase: 'recovering' }>,
  world: LinkSurroundings,
): LinkStep {
  if (state.reachable) {
    return at.tries < LINK_TIMES.restartTries ? recover(state, at, world) : lost(state, at, world);
  }
  // No signal gets through, so a new attempt would not either; the old connection may yet come back by itself.
  if (world.now - at.since < LINK_TIMES.keepUnreachable) {
    return only({ ...state, deadline: world.now + LINK_TIMES.restartEvery });
  }
  return lost(state, at, world);
}

function onClose(state: LinkState): LinkStep {
  const { at } = state;
  const effects: LinkEffect[] =
    'linkId' in at
      ? [
          { do: 'bye', linkId: at.linkId },
          { do: 'destroy', linkId: at.linkId },
        ]
      : [];
  return { state: { ...NEW_LINK, reachable: state.reachable }, effects };
}

// --- Moves that several events share -----------------------------------------------------------------------------

function only(state: LinkState): LinkStep {
  return { state, effects: [] };
}

function idle(state: LinkState): LinkState {
  return { ...state, at: { phase: 'idle' }, wantedThere: false, deadline: null };
}

function startIfWanted(state: LinkState, world: LinkSurroundings): LinkStep {
  if (!state.wanted || !state.reachable) return only(state);
  const linkId = world.newLinkId;
  return {
    state: opening(state, linkId, true, world),
    effects: [{ do: 'create', linkId, initiator: true }],
  };
}

function opening(state: LinkState, linkId: string, initiator: boolean, world: LinkSurroundings): LinkState {
  return {
    ...state,
    at: { phase: 'opening', linkId, initiator, since: world.now },
    deadline: world.now + LINK_TIMES.openWithin,
  };
}

function opened(state: LinkState, { linkId, initiator }: Attempt, world: LinkSurroundings): LinkStep {
  const at: LinkPhase = { phase: 'open', linkId, initiator, since: world.now };
  return only(withIdleDeadline({ ...state, at, failures: 0, deadline: null }, world));
}

function recover(
  state: LinkState,
  at: Extract<LinkPhase, { phase: 'open' | 'recovering' }>,
  world: LinkSurroundings,
): LinkStep {
  const { linkId, initiator } = at;
  const recovering = at.phase === 'recovering';
  return {
    state: {
      ...state,
      at: {
        phase: 'recovering',
        linkId,
        initiator,
        since: recovering ? at.since : world.now,
        tries: recovering ? at.tries + 1 : 1,
      },
      deadline: world.now + LINK_TIMES.restartEvery,
    },
    effects: [{ do: 'restart', linkId }],
  };
}

/** The connection is over without anyone's wish. */
function lost(state: LinkState, at: Attempt, world: LinkSurroundings): LinkStep {
  const destroy: LinkEffect = { do: 'destroy', linkId: at.linkId };
  if (at.phase === 'opening') return failed(state, at, 'failed', world);
  if (at.phase === 'open' && world.now - at.since < LINK_TIMES.shortLived)
    return failed(state, at, 'failed', world);
  const next = startIfWanted(idle(state), world);
  return { state: next.state, effects: [destroy, ...next.effects] };
}

function failed(state: LinkState, at: Attempt, why: 'timeout' | 'failed', world: LinkSurroundings): LinkStep {
  const failures = state.failures + 1;
  return {
    state: {
      ...state,
      at: { phase: 'resting', why, since: world.now },
      wantedThere: false,
      failures,
      deadline: world.now + backOffDelay(BACK_OFF, failures, world.fraction),
    },
    effects: [{ do: 'destroy', linkId: at.linkId }],
  };
}

/** Starts the wait for closing when neither side wants the link, ends it when one does. Only an open link waits so. */
function withIdleDeadline(state: LinkState, world: LinkSurroundings): LinkState {
  if (state.at.phase !== 'open') return state;
  if (state.wanted || state.wantedThere) return { ...state, deadline: null };
  return { ...state, deadline: state.deadline ?? world.now + LINK_TIMES.keepUnwanted };
}
