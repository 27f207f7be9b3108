/** Makes peers, with what can be done ahead done ahead: the script loaded, a certificate made, and one offer prepared. */
import type SimplePeerClass from 'simple-peer/simplepeer.min.js';
import type { Clock, RtcConstructors, Timers } from '../platform.ts';
import { createPeer } from './peer.ts';
import type { Peer, PeerEvents } from './peer.ts';

interface PeerWish {
  readonly initiator: boolean;
  readonly iceServers: RTCIceServer[];
  readonly events: PeerEvents;
}

export interface PeerMaker {
  /** Null when the browser refuses a connection: switched off, or too many of them. */
  make(wish: PeerWish): Peer | null;
  /** Makes the next offering peer as far as it goes without touching the network. */
  prepare(): void;
  /** Lets go of the prepared one. */
  end(): void;
}

interface Prepared {
  readonly peer: Peer;
  begin(wish: PeerWish): void;
}

interface Needs {
  readonly rtc: RtcConstructors;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** As a browser would make for each connection by itself. */
const CERTIFICATE: EcKeyGenParams = { name: 'ECDSA', namedCurve: 'P-256' };
const CERTIFICATE_MARGIN = 24 * 60 * 60_000;

/** simple-peer weighs more than the rest of core; the certificate is that of all connections of this page. */
export async function loadPeerMaker(needs: Needs): Promise<PeerMaker> {
  const [{ default: SimplePeer }, certificate] = await Promise.all([
    import('simple-peer/simplepeer.min.js'),
    needs.rtc.RTCPeerConnection.generateCertificate(CERTIFICATE),
  ]);
  return createPeerMaker(SimplePeer, certificate, needs);
}

function createPeerMaker(
  SimplePeer: typeof SimplePeerClass,
  certificate: RTCCertificate,
  { rtc, clock, timers }: Needs,
): PeerMaker {
  let prepared: Prepared | null = null;

  // A page that stays open for a month outlives its certificate; the browser then makes one for each connection.
  const certificates = () => (clock.now() < certificate.expires - CERTIFICATE_MARGIN ? [certificate] : []);
  const create = (wish: PeerWish, constructors: RtcConstructors): Peer | null =>
    createPeer({ SimplePeer, rtc: constructors, timers, certificates: certificates(), ...wish });

  function prepare(): Prepared | null {
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let events: PeerEvents | null = null;
    // Nothing happens to it before it begins, when its events are those of the link that it begins for.
    const passed: PeerEvents = {
      signal: (signal) => events?.signal(signal),
      control: (text) => events?.control(text),
      chat: (bytes) => events?.chat(bytes),
      chatDrained: () => events?.chatDrained(),
      opened: () => events?.opened(),
      ice: (state) => events?.ice(state),
      gone: () => (events ? events.gone() : (prepared = null)),
    };
    const peer = create({ initiator: true, iceServers: [], events: passed }, heldBack(rtc, begun));
    return (
      peer && {
        peer,
        begin(wish) {
          events = wish.events;
          peer.setIceServers(wish.iceServers);
          begin();
        },
      }
    );
  }

  return {
    make(wish) {
      if (!wish.initiator || !prepared) return create(wish, rtc);
      const ready = prepared;
      prepared = null;
      // Of one that the browser gave up this is known before it is told of.
      if (ready.peer.connection.signalingState === 'closed') return create(wish, rtc);
      ready.begin(wish);
      return ready.peer;
    },
    prepare: () => (prepared ??= prepare()),
    end() {
      prepared?.peer.destroy();
      prepared = null;
    },
  };
}

/** Connections that make their offer but, until `begun`, do not take it as their own: with that they would begin to gather addresses. */
function heldBack(rtc: RtcConstructors, begun: Promise<void>): RtcConstructors {
  class HeldBack extends rtc.RTCPeerConnection {
    override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      await begun;
      await super.setLocalDescription(description);
    }
  }
  return { ...rtc, RTCPeerConnection: HeldBack };
}
