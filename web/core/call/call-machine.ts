/** One call at a time, as a pure function: state and event in, next state and effects out. */
import type { CallControl, CallOutcome, HangUpReason } from '../wire/call-control.ts';
import { CALL_TIMES } from './call-state.ts';
import type { CallEffect, CallEvent, CallState, CallStep, EndedCall } from './call-state.ts';

type Ringing = Extract<CallState, { phase: 'ringing-out' | 'ringing-in' }>;
type Answered = Extract<CallState, { phase: 'connecting' | 'active' }>;
type Heard = Extract<CallEvent, { type: 'heard' }>;

export function stepCall(state: CallState, event: CallEvent, now: number): CallStep {
  switch (event.type) {
    case 'ring':
      return isFree(state) ? ring(event) : stay(state);
    case 'answer':
      return state.phase === 'ringing-in' ? answer(state, state.device) : stay(state);
    case 'end':
      return endByMe(state, now);
    case 'heard':
      return hear(state, event, now);
    case 'media-flows':
      return mediaFlows(state, now);
    case 'link-up':
      return linkUp(state, event.friend, event.device);
    case 'link-down':
      return linkDown(state, event.friend, event.device);
    case 'alarm':
      return event.key === alarmKey(state) ? alarm(state, now) : stay(state);
  }
}

function ring({ call, friend, kind }: Extract<CallEvent, { type: 'ring' }>): CallStep {
  const state: CallState = { phase: 'ringing-out', call, friend, kind, direction: 'out', heard: false };
  return enter(state, [toAll(friend, { type: 'ring', call, kind })]);
}

function answer(state: Ringing, device: string): CallStep {
  const { call, friend, kind, direction } = state;
  return enter({ phase: 'connecting', call, friend, kind, direction, device, remote: null }, [
    to(friend, device, { type: 'answer', call }),
    { type: 'attach', friend, device },
    { type: 'tell-media' },
  ]);
}

function hear(state: CallState, event: Heard, now: number): CallStep {
  const { friend, device, message } = event;
  if (message.type === 'ring') return rung(state, event, message, now);
  const known = !isFree(state) && state.call === message.call && state.friend === friend;
  if (!known) return stay(state, answerUnknown(event));
  switch (message.type) {
    case 'ringing':
      return state.phase === 'ringing-out' ? stay({ ...state, heard: true }) : stay(state);
    case 'answer':
      return answered(state, device);
    case 'decline':
    case 'busy':
      if (state.phase !== 'ringing-out') return stay(state);
      return end(state, message.type === 'busy' ? 'busy' : 'declined', now, 'elsewhere');
    case 'hang-up':
      return hungUp(state, device, message.reason, now);
    case 'media':
      return isAnswered(state) && state.device === device
        ? stay({ ...state, remote: message.media })
        : stay(state);
  }
}

function rung(
  state: CallState,
  event: Heard,
  message: Extract<CallControl, { type: 'ring' }>,
  now: number,
): CallStep {
  const { friend, device } = event;
  const { call, kind } = message;
  // Declined into a dead link: the caller has not heard.
  if (state.phase === 'ended' && state.call === call)
    return stay(state, [to(friend, device, { type: 'decline', call })]);
  if (isFree(state)) {
    const next: CallState = { phase: 'ringing-in', call, friend, kind, direction: 'in', device };
    return enter(next, [to(friend, device, { type: 'ringing', call })]);
  }
  if (state.friend === friend && state.call === call) return stay(state, rungAgain(state, device));
  if (state.phase === 'ringing-out' && state.friend === friend) return glare(state, device, call);
  // The friend's page has lost the call that we still hold (a reload), and rings anew.
  if (state.phase !== 'ringing-out' && state.friend === friend && state.device === device) {
    const ended = end(state, isAnswered(state) ? outcomeOfLoss(state) : 'missed', now);
    const next = rung(ended.state, event, message, now);
    return { state: next.state, effects: [...ended.effects, ...next.effects] };
  }
  return stay(state, [to(friend, device, { type: 'busy', call })]);
}

/** The caller rings on every new link, since the old one may have swallowed what this page said. */
function rungAgain(state: CallState, device: string): CallEffect[] {
  if (state.phase !== 'ringing-in' && state.phase !== 'connecting') return [];
  if (state.device !== device) return [];
  const type = state.phase === 'ringing-in' ? 'ringing' : 'answer';
  return [to(state.friend, device, { type, call: state.call })];
}

/** Both rang each other: both want to talk, so the call with the lower id is answered and the other forgotten. */
function glare(state: Extract<CallState, { phase: 'ringing-out' }>, device: string, call: string): CallStep {
  if (call > state.call) return stay(state);
  const won = answer({ ...state, call }, device);
  // Other devices of the friend may be ringing with the call that is forgotten now.
  const forget = toAll(state.friend, { type: 'hang-up', call: state.call, reason: 'elsewhere' });
  return { state: won.state, effects: [forget, ...won.effects] };
}

function answered(state: CallState, device: string): CallStep {
  if (isAnswered(state) && state.device !== device) {
    return stay(state, [
      to(state.friend, device, { type: 'hang-up', call: state.call, reason: 'elsewhere' }),
    ]);
  }
  if (state.phase !== 'ringing-out') return stay(state);
  const { call, friend, kind, direction } = state;
  return enter({ phase: 'connecting', call, friend, kind, direction, device, remote: null }, [
    { type: 'attach', friend, device },
    { type: 'tell-media' },
  ]);
}

function hungUp(state: CallState, device: string, reason: HangUpReason, now: number): CallStep {
  if (state.phase === 'ringing-in') {
    return state.device === device
      ? end(state, reason === 'elsewhere' ? 'elsewhere' : 'missed', now)
      : stay(state);
  }
  if (state.phase === 'ringing-out') {
    // A device that never showed the call says nothing about the friend's other devices.
    return reason === 'unknown'
      ? stay(state)
      : end(state, reason === 'no-media' ? 'no-media' : 'declined', now, 'elsewhere');
  }
  if (!isAnswered(state) || state.device !== device) return stay(state);
  if (state.phase === 'active') return end(state, 'talked', now);
  return end(state, reason === 'person' ? 'cancelled' : reason === 'no-media' ? 'no-media' : 'lost', now);
}

function endByMe(state: CallState, now: number): CallStep {
  if (isFree(state)) return stay(state);
  if (state.phase === 'ringing-in') {
    const { friend, device, call } = state;
    return end(state, 'declined', now, null, [to(friend, device, { type: 'decline', call })]);
  }
  return end(state, state.phase === 'active' ? 'talked' : 'cancelled', now, 'person');
}

function mediaFlows(state: CallState, now: number): CallStep {
  if (state.phase !== 'connecting') return stay(state);
  // No alarm is set: an active call ends by a person, or by a link that stays away.
  return { state: { ...state, phase: 'active', since: now, link: true }, effects: [] };
}

function linkUp(state: CallState, friend: string, device: string): CallStep {
  if (isFree(state) || state.friend !== friend) return stay(state);
  if (state.phase === 'ringing-out') {
    return stay(state, [to(friend, device, { type: 'ring', call: state.call, kind: state.kind })]);
  }
  // If the caller has given up meanwhile, this brings it out.
  if (state.phase === 'ringing-in')
    return stay(state, [to(friend, device, { type: 'ringing', call: state.call })]);
  if (!isAnswered(state) || state.device !== device) return stay(state);
  const next: CallState = state.phase === 'active' ? { ...state, link: true } : state;
  return stay(next, [{ type: 'attach', friend, device }, { type: 'tell-media' }]);
}

function linkDown(state: CallState, friend: string, device: string): CallStep {
  if (state.phase !== 'active' || state.friend !== friend || state.device !== device) return stay(state);
  return enter({ ...state, link: false }, []);
}

function alarm(state: CallState, now: number): CallStep {
  switch (state.phase) {
    case 'ringing-out':
      return end(state, 'no-answer', now, 'no-answer');
    case 'ringing-in':
      return end(state, 'missed', now);
    case 'connecting':
    case 'active':
      return end(state, outcomeOfLoss(state), now, 'lost');
    case 'idle':
    case 'ended':
      return stay(state);
  }
}

/** `say`: the reason of a hang-up for the other side, to every device that may still be ringing. */
function end(
  state: Exclude<CallState, { phase: 'idle' | 'ended' }>,
  outcome: CallOutcome,
  now: number,
  say: HangUpReason | null = null,
  more: readonly CallEffect[] = [],
): CallStep {
  const { call, friend, kind, direction } = state;
  const seconds = state.phase === 'active' ? Math.max(0, Math.round((now - state.since) / 1000)) : 0;
  const message: CallControl | null = say === null ? null : { type: 'hang-up', call, reason: say };
  const hangUp =
    message === null ? [] : [isAnswered(state) ? to(friend, state.device, message) : toAll(friend, message)];
  const ended: EndedCall = { phase: 'ended', call, friend, kind, direction, outcome, seconds };
  return { state: ended, effects: [...more, ...hangUp, { type: 'detach' }, { type: 'over', call: ended }] };
}

/** Enters a phase that must not last for ever. */
function enter(state: CallState, effects: readonly CallEffect[]): CallStep {
  const ms = {
    'ringing-out': CALL_TIMES.ringOut,
    'ringing-in': CALL_TIMES.ringIn,
    connecting: CALL_TIMES.connecting,
    active: CALL_TIMES.linkLost,
    idle: 0,
    ended: 0,
  }[state.phase];
  return { state, effects: [...effects, { type: 'alarm', key: alarmKey(state), ms }] };
}

/** Names the wait that a state is in; an alarm of any other wait is stale. */
function alarmKey(state: CallState): string {
  if (isFree(state)) return 'none';
  return `${state.call} ${state.phase}${state.phase === 'active' && state.link ? ' linked' : ''}`;
}

/** Says that a call is over to a page that believes in it. */
function answerUnknown({ friend, device, message }: Heard): CallEffect[] {
  const claims = message.type === 'media' || message.type === 'answer' || message.type === 'ringing';
  return claims ? [to(friend, device, { type: 'hang-up', call: message.call, reason: 'unknown' })] : [];
}

function outcomeOfLoss(state: Answered): CallOutcome {
  return state.phase === 'active' ? 'talked' : 'lost';
}

function to(friend: string, device: string, message: CallControl): CallEffect {
  return { type: 'send', friend, device, message };
}

function toAll(friend: string, message: CallControl): CallEffect {
  return { type: 'send', friend, device: null, message };
}

function stay(state: CallState, effects: readonly CallEffect[] = []): CallStep {
  return { state, effects };
}

function isFree(state: CallState): state is Extract<CallState, { phase: 'idle' | 'ended' }> {
  return state.phase === 'idle' || state.phase === 'ended';
}

function isAnswered(state: CallState): state is Answered {
  return state.phase === 'connecting' || state.phase === 'active';
}
