/** The leading tab's calls: feeds the machine, and runs what it decides on links, media and clock. */
import * as v from 'valibot';
import type { CallProblem, CallView } from '../model.ts';
import type { Clock, MediaAccess, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { callControlSchema } from '../wire/call-control.ts';
import type { CallControl, CallKind } from '../wire/call-control.ts';
import { stepCall } from './call-machine.ts';
import type { CallEffect, CallEvent, CallState, EndedCall } from './call-state.ts';
import { createLocalMedia } from './local-media.ts';
import { createMediaLine } from './media-line.ts';
import type { MediaLine, MediaPeer } from './media-line.ts';

interface Address {
  readonly userId: string;
  readonly deviceId: string;
}

interface CallPeer extends MediaPeer {
  readonly calls: RTCDataChannel;
}

export interface CallNeeds {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  /** Null on a page that was not loaded by HTTPS. */
  readonly media: MediaAccess | null;
  readonly newId: () => string;
  /** Keeps the links to the friend while there is a call. */
  readonly want: (friendId: string, on: boolean) => void;
  readonly onChange: (view: CallView | null) => void;
  readonly onOver: (call: EndedCall) => void;
}

export interface CallHub {
  setPeer(address: Address, peer: CallPeer | null): void;
  ring(friendId: string, kind: CallKind): Promise<CallProblem | null>;
  answer(kind: CallKind): Promise<CallProblem | null>;
  end(): void;
  setMuted(muted: boolean): void;
  setCamera(on: boolean): Promise<CallProblem | null>;
  setScreen(on: boolean): Promise<CallProblem | null>;
  choose(kind: 'audio' | 'video', deviceId: string): Promise<CallProblem | null>;
}

interface Line {
  readonly address: Address;
  readonly channel: RTCDataChannel;
  readonly media: MediaLine;
  readonly end: () => void;
}

/** How often the arrival of the first packet is looked for. */
const LOOK_EVERY = 50;

export function createCalls(needs: CallNeeds): CallHub {
  const { clock, timers, scope, media: access } = needs;
  const lines = new Map<string, Line>();
  const local = createLocalMedia(access, localChanged);
  let state: CallState = { phase: 'idle' };
  let remote: MediaStream | null = null;
  let own: MediaStream | null = null;
  let opening = false;
  let cancelAlarm = (): void => undefined;
  let cancelLook = (): void => undefined;

  scope.own(() => {
    dispatch({ type: 'end' });
    cancelAlarm();
    cancelLook();
    for (const { end } of lines.values()) end();
  });

  function dispatch(event: CallEvent): void {
    const before = state;
    const step = stepCall(state, event, clock.now());
    state = step.state;
    const { effects } = step;
    if (state !== before) wantLinks(before);
    for (const effect of effects) perform(effect);
    if (state !== before) prepare();
    show();
  }

  function wantLinks(before: CallState): void {
    const [was, is] = [friendIn(before), friendIn(state)];
    if (was === is) return;
    if (is !== null) needs.want(is, true);
    if (was !== null) needs.want(was, false);
  }

  function perform(effect: CallEffect): void {
    switch (effect.type) {
      case 'send':
        for (const line of linesOf(effect.friend, effect.device)) say(line, effect.message);
        return;
      case 'alarm':
        cancelAlarm();
        cancelAlarm = timers.after(effect.ms, () => dispatch({ type: 'alarm', key: effect.key }));
        return;
      case 'attach':
        for (const line of linesOf(effect.friend, effect.device)) attach(line);
        return;
      case 'tell-media':
        tellMedia();
        return;
      case 'detach':
        detach();
        return;
      case 'over':
        needs.onOver(effect.call);
    }
  }

  // --- Media -----------------------------------------------------------------------------------------------------

  function prepare(): void {
    if (state.phase === 'ringing-out') for (const { media } of linesOf(state.friend, null)) media.prepare();
    if (state.phase === 'ringing-in')
      for (const { media } of linesOf(state.friend, state.device)) media.prepare();
  }

  function attach(line: Line): void {
    line.media.prepare();
    line.media.send(local.tracks());
    showRemote(line);
    cancelLook();
    void line.media.received().then(
      (before) => lookForMedia(line, before),
      () => undefined,
    );
  }

  function lookForMedia(line: Line, before: number): void {
    if (state.phase !== 'connecting') return;
    cancelLook = timers.after(LOOK_EVERY, () => {
      line.media.received().then(
        (now) => (now > before ? dispatch({ type: 'media-flows' }) : lookForMedia(line, before)),
        // The connection ended meanwhile; the link's return attaches anew.
        () => undefined,
      );
    });
  }

  function showRemote(line: Line): void {
    const isOurs =
      isAnswered(state) && state.friend === line.address.userId && state.device === line.address.deviceId;
    if (!isOurs || !access) return;
    remote = access.stream(line.media.incoming());
    show();
  }

  function detach(): void {
    cancelLook();
    cancelAlarm();
    for (const { media } of lines.values()) media.send({ audio: null, video: null });
    local.close();
    remote = own = null;
  }

  function localChanged(): void {
    if (!access) return;
    const { video } = local.tracks();
    own = video ? access.stream([video]) : null;
    if (isAnswered(state)) {
      for (const { media } of linesOf(state.friend, state.device)) media.send(local.tracks());
      tellMedia();
    }
    show();
  }

  function tellMedia(): void {
    if (!isAnswered(state)) return;
    for (const line of linesOf(state.friend, state.device)) {
      say(line, { type: 'media', call: state.call, media: local.state() });
    }
  }

  /** Nothing is rung or answered before there is something to hear; a refusal leaves everything as it was. */
  async function withMedia(kind: CallKind, event: () => CallEvent): Promise<CallProblem | null> {
    if (opening) return null;
    opening = true;
    const problem = await local.open(kind);
    opening = false;
    if (problem !== null) return problem;
    dispatch(event());
    // The call may have ended, or another one come, while the person was asked for permission.
    if (friendIn(state) === null || state.phase === 'ringing-in') local.close();
    return null;
  }

  const isRungBy = (friend: string): boolean => state.phase === 'ringing-in' && state.friend === friend;

  /** Whoever is rung by the friend whom they are about to ring takes that call. */
  function ringOrAnswer(friend: string, kind: CallKind): CallEvent {
    if (isRungBy(friend)) return { type: 'answer' };
    return { type: 'ring', call: needs.newId(), friend, kind };
  }

  // --- Links -----------------------------------------------------------------------------------------------------

  function linesOf(friend: string, device: string | null): Line[] {
    return [...lines.values()].filter(
      ({ address }) => address.userId === friend && (device === null || address.deviceId === device),
    );
  }

  function say({ channel }: Line, message: CallControl): void {
    if (channel.readyState === 'open') channel.send(JSON.stringify(message));
  }

  function setPeer(address: Address, peer: CallPeer | null): void {
    const key = `${address.userId} ${address.deviceId}`;
    const [friend, device] = [address.userId, address.deviceId];
    const before = lines.get(key);
    if (before) {
      lines.delete(key);
      before.end();
      dispatch({ type: 'link-down', friend, device });
    }
    if (!peer) return;
    const hear = ({ data }: MessageEvent<unknown>): void => {
      const parsed = v.safeParse(callControlSchema, data);
      if (parsed.success) dispatch({ type: 'heard', friend, device, message: parsed.output });
    };
    peer.calls.addEventListener('message', hear);
    const line: Line = {
      address,
      channel: peer.calls,
      media: createMediaLine(peer, () => showRemote(line)),
      end: () => {
        peer.calls.removeEventListener('message', hear);
        line.media.end();
      },
    };
    lines.set(key, line);
    dispatch({ type: 'link-up', friend, device });
    prepare();
  }

  function show(): void {
    needs.onChange(viewOf(state, local.state(), own, remote));
  }

  return {
    setPeer,
    ring(friend, kind) {
      if (friendIn(state) === null) return withMedia(kind, () => ringOrAnswer(friend, kind));
      return isRungBy(friend) ? withMedia(kind, () => ({ type: 'answer' })) : Promise.resolve(null);
    },
    answer: (kind) =>
      state.phase === 'ringing-in' ? withMedia(kind, () => ({ type: 'answer' })) : Promise.resolve(null),
    end: () => dispatch({ type: 'end' }),
    setMuted: (muted) => local.setMuted(muted),
    setCamera: (on) => local.setCamera(on),
    setScreen: (on) => local.setScreen(on),
    choose: (kind, deviceId) => local.choose(kind, deviceId),
  };
}

function friendIn(state: CallState): string | null {
  return state.phase === 'idle' || state.phase === 'ended' ? null : state.friend;
}

function isAnswered(state: CallState): state is Extract<CallState, { phase: 'connecting' | 'active' }> {
  return state.phase === 'connecting' || state.phase === 'active';
}

function viewOf(
  state: CallState,
  sending: CallView['sending'],
  own: MediaStream | null,
  remote: MediaStream | null,
): CallView | null {
  if (state.phase === 'idle') return null;
  const { phase, call, friend, kind, direction } = state;
  return {
    id: call,
    friendId: friend,
    kind,
    direction,
    phase,
    heard: phase === 'ringing-out' && state.heard,
    since: phase === 'active' ? state.since : null,
    linked: phase !== 'active' || state.link,
    sending,
    receiving: isAnswered(state) ? state.remote : null,
    own,
    remote,
    outcome: phase === 'ended' ? state.outcome : null,
  };
}
