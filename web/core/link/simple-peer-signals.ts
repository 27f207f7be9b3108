/** Turns what simple-peer says into our signals, and back where it is not the same. */
import type { SignalData as SimplePeerSignal } from 'simple-peer/simplepeer.min.js';
import type { Candidate, Signal } from '../wire/signal.ts';

/** `round` counts the offers of the link. */
export function fromSimplePeer(data: SimplePeerSignal, round: number): Signal {
  switch (data.type) {
    case 'offer':
      return { type: 'offer', round, sdp: data.sdp };
    case 'answer':
      return { type: 'answer', round, sdp: data.sdp };
    case 'candidate':
      return { type: 'candidates', candidates: [candidateOf(data.candidate)] };
    case 'renegotiate':
      return { type: 'renegotiate', restart: false };
    case 'transceiverRequest': {
      const { kind, init } = data.transceiverRequest;
      return {
        type: 'transceiver',
        kind,
        ...(init?.direction ? { direction: mutual(init.direction) } : {}),
      };
    }
  }
}

function candidateOf({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidateInit): Candidate {
  return { candidate: candidate ?? '', sdpMid, sdpMLineIndex };
}

/** `stopped` is never asked for. */
function mutual(direction: RTCRtpTransceiverDirection): Exclude<RTCRtpTransceiverDirection, 'stopped'> {
  return direction === 'stopped' ? 'inactive' : direction;
}

export function transceiverRequest({
  kind,
  direction,
}: Extract<Signal, { type: 'transceiver' }>): SimplePeerSignal {
  return {
    type: 'transceiverRequest',
    transceiverRequest: { kind, ...(direction ? { init: { direction } } : {}) },
  };
}
