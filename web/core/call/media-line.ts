/**
 * Sound and picture on one connection. The offering side makes one place for each, once for the life of the
 * connection; from then on tracks are put in and taken out without any negotiation, so nothing can collide.
 */

/** The part of a link's peer that is used. */
export interface MediaPeer {
  readonly connection: RTCPeerConnection;
  readonly initiator: boolean;
  negotiate(): void;
}

export interface Outgoing {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
}

export interface MediaLine {
  /** Makes the places early, while it rings, so that answering needs no round trip. */
  prepare(): void;
  /** Replaces what is sent; null sends nothing. */
  send(tracks: Outgoing): void;
  /** What the other side's sound and picture arrive as, as far as their places exist. */
  incoming(): MediaStreamTrack[];
  /** Packets of sound and picture that have arrived so far. */
  received(): Promise<number>;
  end(): void;
}

type Kind = 'audio' | 'video';
const KINDS: readonly Kind[] = ['audio', 'video'];

export function createMediaLine(peer: MediaPeer, onPlaces: () => void): MediaLine {
  const { connection } = peer;
  const places: Partial<Record<Kind, RTCRtpTransceiver>> = {};
  let sending: Outgoing = { audio: null, video: null };

  function fill(kind: Kind): void {
    // Rejected only for a connection that has ended meanwhile, and then nothing is to be sent.
    places[kind]?.sender.replaceTrack(sending[kind]).catch(() => undefined);
  }

  /** Runs before the answer is made, so that the answer already says that this side sends too. */
  function takePlace({ transceiver }: RTCTrackEvent): void {
    const kind = transceiver.receiver.track.kind as Kind;
    if (places[kind]) return;
    places[kind] = transceiver;
    transceiver.direction = 'sendrecv';
    fill(kind);
    onPlaces();
  }

  if (!peer.initiator) connection.addEventListener('track', takePlace);

  return {
    prepare() {
      if (!peer.initiator || places.audio) return;
      for (const kind of KINDS) {
        places[kind] = connection.addTransceiver(kind, { direction: 'sendrecv' });
        fill(kind);
      }
      peer.negotiate();
      onPlaces();
    },
    send(tracks) {
      sending = tracks;
      KINDS.forEach(fill);
    },
    incoming: () => KINDS.flatMap((kind) => places[kind]?.receiver.track ?? []),
    async received() {
      const receivers = KINDS.flatMap((kind) => places[kind]?.receiver ?? []);
      const reports = await Promise.all(receivers.map((receiver) => receiver.getStats()));
      return reports.reduce((sum, report) => sum + packetsIn(report), 0);
    },
    end: () => connection.removeEventListener('track', takePlace),
  };
}

function packetsIn(report: RTCStatsReport): number {
  let packets = 0;
  report.forEach((entry: { type: string; packetsReceived?: number }) => {
    if (entry.type === 'inbound-rtp') packets += entry.packetsReceived ?? 0;
  });
  return packets;
}
