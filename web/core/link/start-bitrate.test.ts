import { describe, expect, it } from 'vitest';
import { withStartBitrate } from './start-bitrate.ts';

const lines = (...all: string[]) => all.join('\r\n');

describe('a start bitrate', () => {
  it('is added to codecs with and without parameters, and to nothing else', () => {
    const sdp = lines(
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1',
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98',
      'a=rtpmap:96 VP8/90000',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
      'a=rtpmap:98 VP9/90000',
      'a=fmtp:98 profile-id=0',
      '',
    );
    expect(withStartBitrate(sdp)).toBe(
      lines(
        'm=audio 9 UDP/TLS/RTP/SAVPF 111',
        'a=rtpmap:111 opus/48000/2',
        'a=fmtp:111 minptime=10;useinbandfec=1',
        'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98',
        'a=rtpmap:96 VP8/90000',
        'a=fmtp:96 x-google-start-bitrate=2500',
        'a=rtpmap:97 rtx/90000',
        'a=fmtp:97 apt=96',
        'a=rtpmap:98 VP9/90000',
        'a=fmtp:98 profile-id=0;x-google-start-bitrate=2500',
        '',
      ),
    );
  });

  it('leaves a description without video as it is', () => {
    const sdp = lines('v=0', 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=sctp-port:5000', '');
    expect(withStartBitrate(sdp)).toBe(sdp);
  });
});
