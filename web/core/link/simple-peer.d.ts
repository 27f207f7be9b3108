/**
 * The part of simple-peer that link/ uses, its inner connection included. Ours instead of @types/simple-peer, which
 * brings Node's globals into the page's types.
 */
declare module 'simple-peer/simplepeer.min.js' {
  interface Options {
    initiator: boolean;
    channelName: string;
    channelConfig: RTCDataChannelInit;
    config: RTCConfiguration;
    objectMode: boolean;
    wrtc: {
      readonly RTCPeerConnection: typeof RTCPeerConnection;
      readonly RTCSessionDescription: typeof RTCSessionDescription;
      readonly RTCIceCandidate: typeof RTCIceCandidate;
    };
  }

  interface TransceiverRequest {
    kind: 'audio' | 'video';
    init?: RTCRtpTransceiverInit;
  }

  export type SignalData =
    | { type: 'offer' | 'answer'; sdp: string }
    | { type: 'candidate'; candidate: RTCIceCandidateInit }
    | { type: 'renegotiate'; renegotiate: true }
    | { type: 'transceiverRequest'; transceiverRequest: TransceiverRequest };

  class SimplePeer {
    constructor(options: Options);
    /** Set by the constructor, null after the end. */
    readonly _pc: RTCPeerConnection | null;
    readonly destroyed: boolean;
    signal(data: SignalData): void;
    negotiate(): void;
    send(data: string): void;
    addTrack(track: MediaStreamTrack, stream: MediaStream): void;
    removeTrack(track: MediaStreamTrack, stream: MediaStream): void;
    replaceTrack(old: MediaStreamTrack, next: MediaStreamTrack | null, stream: MediaStream): void;
    destroy(error?: Error): void;
    on(event: 'signal', listener: (data: SignalData) => void): this;
    on(event: 'data', listener: (data: unknown) => void): this;
    on(event: 'iceStateChange', listener: (state: RTCIceConnectionState) => void): this;
    on(event: 'connect' | 'close', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    removeAllListeners(): this;
  }
  export default SimplePeer;
}
