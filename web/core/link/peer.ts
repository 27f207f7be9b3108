/** One WebRTC connection to one device: simple-peer negotiates, and only what it can digest ever reaches it. */
import type SimplePeerClass from 'simple-peer/simplepeer.min.js';
import type { RtcConstructors, Timers } from '../platform.ts';
import type { Candidate, Signal } from '../wire/signal.ts';
import { withStartBitrate } from './start-bitrate.ts';
import { fromSimplePeer, transceiverRequest } from './simple-peer-signals.ts';

/** Channels agreed in advance by number, so that none needs a negotiation of its own. */
const CHANNELS = { control: 0, chat: 1, files: 2, calls: 3, firstFree: 4 } as const;

interface ChannelSpec {
  readonly label: string;
  /** The same on both sides; at least CHANNELS.firstFree. */
  readonly id: number;
  readonly ordered?: boolean;
  readonly maxRetransmits?: number;
}

export interface PeerEvents {
  signal(signal: Signal): void;
  /** Text on the control channel. */
  control(text: string): void;
  chat(bytes: Uint8Array): void;
  /** There is room again on the chat channel. */
  chatDrained(): void;
  opened(): void;
  ice(state: RTCIceConnectionState): void;
  /** The connection is over, whoever ended it. */
  gone(): void;
}

export interface Peer {
  /** For statistics, and for `track` events of a call. Whatever needs negotiation goes through the methods below. */
  readonly connection: RTCPeerConnection;
  /** Open once the link is; there from the start, so that nothing sent early is lost. */
  readonly files: RTCDataChannel;
  readonly calls: RTCDataChannel;
  /** Whether this side makes the offers. */
  readonly initiator: boolean;
  /** Brings what was added to `connection` to the other side. */
  negotiate(): void;
  take(signal: Signal): void;
  /** For what is gathered from now on. */
  setIceServers(iceServers: RTCIceServer[]): void;
  /** New ICE on the same connection. The side that did not offer asks the other one to. */
  restart(iceServers: RTCIceServer[]): void;
  sendControl(text: string): boolean;
  sendChat(bytes: Uint8Array<ArrayBuffer>): 'sent' | 'full' | 'closed';
  openChannel(spec: ChannelSpec): RTCDataChannel;
  addTrack(track: MediaStreamTrack, stream: MediaStream): void;
  removeTrack(track: MediaStreamTrack, stream: MediaStream): void;
  replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack | null, stream: MediaStream): void;
  destroy(): void;
}

/** What may wait in the chat channel: enough to keep it busy, little enough that a tick is never far behind. */
const CHAT_BUFFER_MAX = 256 * 1024;
const CHAT_BUFFER_LOW = 64 * 1024;

interface PeerOptions {
  readonly SimplePeer: typeof SimplePeerClass;
  readonly rtc: RtcConstructors;
  readonly timers: Timers;
  readonly initiator: boolean;
  readonly iceServers: RTCIceServer[];
  /** The browser makes one if there is none. */
  readonly certificates: RTCCertificate[];
  readonly events: PeerEvents;
}

/** Null when the browser refuses a connection: switched off, or too many of them. */
export function createPeer(options: PeerOptions): Peer | null {
  const { SimplePeer, rtc, timers, certificates, initiator, events } = options;
  const inner = new SimplePeer({
    initiator,
    channelName: 'control',
    channelConfig: { negotiated: true, id: CHANNELS.control },
    config: { iceServers: options.iceServers, certificates },
    // Otherwise text would arrive as bytes.
    objectMode: true,
    wrtc: rtc,
  });
  inner.on('error', ignore);
  const connection = inner._pc;
  if (!connection) return null;

  /** Of the offer that was sent or is being answered last. */
  let round = 0;
  /** Of the last answer taken. A repeat may come while the browser still works on the first, and would end simple-peer. */
  let answeredRound = 0;
  let answering = false;
  let nextOffer: Extract<Signal, { type: 'offer' }> | null = null;
  let early: Candidate[] = [];
  let done = false;

  const openChannel = ({ label, ...init }: ChannelSpec): RTCDataChannel => {
    const channel = connection.createDataChannel(label, { ...init, negotiated: true });
    channel.binaryType = 'arraybuffer';
    return channel;
  };
  const files = openChannel({ label: 'files', id: CHANNELS.files });
  const calls = openChannel({ label: 'calls', id: CHANNELS.calls });
  const chat = connection.createDataChannel('chat', { negotiated: true, id: CHANNELS.chat });
  chat.binaryType = 'arraybuffer';
  chat.bufferedAmountLowThreshold = CHAT_BUFFER_LOW;
  chat.onopen = () => events.opened();
  chat.onbufferedamountlow = () => events.chatDrained();
  chat.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) events.chat(new Uint8Array(data));
  };
  chat.onclose = () => destroy();

  inner.on('signal', (data) => {
    if (data.type === 'offer') round += 1;
    events.signal(fromSimplePeer(data, round));
    if (data.type === 'answer') answered();
  });
  inner.on('data', (data) => {
    if (typeof data === 'string') events.control(data);
  });
  inner.on('iceStateChange', (state) => events.ice(state));
  inner.on('close', finish);

  function take(signal: Signal): void {
    if (done || inner.destroyed) return;
    switch (signal.type) {
      case 'offer':
        if (!initiator && signal.round > round) takeOffer(signal);
        return;
      case 'answer':
        takeAnswer(signal);
        return;
      case 'candidates':
        for (const candidate of signal.candidates) takeCandidate(candidate);
        return;
      case 'renegotiate':
        if (initiator) inner.signal({ type: 'renegotiate', renegotiate: true });
        return;
      case 'transceiver':
        if (initiator) inner.signal(transceiverRequest(signal));
        return;
      case 'bye':
        destroy();
    }
  }

  /** One offer after the other: a second one during the first's answer would end simple-peer. */
  function takeOffer(offer: Extract<Signal, { type: 'offer' }>): void {
    if (answering) {
      nextOffer = offer;
      return;
    }
    answering = true;
    round = offer.round;
    inner.signal({ type: 'offer', sdp: withStartBitrate(offer.sdp) });
  }

  function answered(): void {
    answering = false;
    takeEarlyCandidates();
    const offer = nextOffer;
    nextOffer = null;
    if (offer) takeOffer(offer);
  }

  function takeAnswer(answer: Extract<Signal, { type: 'answer' }>): void {
    if (!initiator || answer.round !== round || answer.round === answeredRound) return;
    if (connection?.signalingState !== 'have-local-offer') return;
    answeredRound = answer.round;
    inner.signal({ type: 'answer', sdp: withStartBitrate(answer.sdp) });
  }

  /** Past simple-peer, which would end the whole connection for one candidate that the browser refuses. */
  function takeCandidate(candidate: Candidate): void {
    if (!connection?.remoteDescription || answering) early.push(candidate);
    else addCandidate(candidate);
  }

  function takeEarlyCandidates(): void {
    const waiting = early;
    early = [];
    waiting.forEach(addCandidate);
  }

  function addCandidate({ candidate, sdpMid, sdpMLineIndex }: Candidate): void {
    const init = { candidate, sdpMid: sdpMid ?? null, sdpMLineIndex: sdpMLineIndex ?? null };
    // Refused are those of an earlier round and of kinds that this browser does not know: the others remain.
    connection?.addIceCandidate(init).catch(() => undefined);
  }

  connection.addEventListener('signalingstatechange', () => {
    if (!done && connection.signalingState === 'stable') takeEarlyCandidates();
  });

  function setIceServers(iceServers: RTCIceServer[]): void {
    // Nothing but the servers may change, and to leave the certificates out would be a change.
    connection?.setConfiguration({ iceServers, certificates });
  }

  function restart(iceServers: RTCIceServer[]): void {
    if (done || inner.destroyed || !connection) return;
    if (!initiator) {
      events.signal({ type: 'renegotiate', restart: true });
      return;
    }
    setIceServers(iceServers);
    // An offer whose answer never came would hold back every later one.
    const cleared =
      connection.signalingState === 'have-local-offer'
        ? connection.setLocalDescription({ type: 'rollback' })
        : Promise.resolve();
    cleared.then(
      () => {
        if (done || inner.destroyed) return;
        connection.restartIce();
        inner.negotiate();
      },
      () => destroy(),
    );
  }

  function sendControl(text: string): boolean {
    if (done) return false;
    try {
      inner.send(text);
      return !inner.destroyed;
    } catch {
      // Not open yet, or no longer.
      return false;
    }
  }

  function sendChat(bytes: Uint8Array<ArrayBuffer>): 'sent' | 'full' | 'closed' {
    if (done || chat.readyState !== 'open') return 'closed';
    if (chat.bufferedAmount > CHAT_BUFFER_MAX) return 'full';
    chat.send(bytes);
    return 'sent';
  }

  /**
   * Over at once for everyone here, closed a task later: Chromium never lets go of a connection that is closed while
   * one of its events is on the way, as they mostly are around the opening.
   */
  function destroy(): void {
    if (done) return;
    finish();
    timers.after(0, () => inner.destroy());
  }

  function finish(): void {
    if (done) return;
    done = true;
    chat.onopen = chat.onclose = chat.onmessage = chat.onbufferedamountlow = null;
    early = [];
    // simple-peer keeps a timer for seconds after its end, and through our listeners the closed connection with it;
    // browsers allow a page only so many that are not collected.
    inner.removeAllListeners().on('error', ignore);
    events.gone();
  }

  return {
    connection,
    files,
    calls,
    initiator,
    negotiate: () => {
      if (!done && !inner.destroyed) inner.negotiate();
    },
    take,
    setIceServers,
    restart,
    sendControl,
    sendChat,
    openChannel,
    addTrack: (track, stream) => inner.addTrack(track, stream),
    removeTrack: (track, stream) => inner.removeTrack(track, stream),
    replaceTrack: (old, next, stream) => inner.replaceTrack(old, next, stream),
    destroy,
  };
}

/** Every error is followed by `close`, and that is what counts. */
function ignore(): void {}
