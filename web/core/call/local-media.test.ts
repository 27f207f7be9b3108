import { beforeEach, describe, expect, it } from 'vitest';
import type { MediaAccess } from '../platform.ts';
import { createLocalMedia, type LocalMedia } from './local-media.ts';

class FakeTrack extends EventTarget implements MediaStreamTrack {
  readonly id = '';
  readonly label = '';
  readonly muted = false;
  readonly readyState = 'live';
  readonly onended = null;
  readonly onmute = null;
  readonly onunmute = null;
  enabled = true;
  stopped = false;
  contentHint = '';
  constructor(readonly kind: 'audio' | 'video') {
    super();
  }
  stop(): void {
    this.stopped = true;
  }
  applyConstraints = () => Promise.resolve();
  clone = (): MediaStreamTrack => this;
  getCapabilities = () => ({});
  getConstraints = () => ({});
  getSettings = () => ({});
}

class FakeStream extends EventTarget implements MediaStream {
  readonly active = true;
  readonly id = '';
  readonly onaddtrack = null;
  readonly onremovetrack = null;
  constructor(private readonly tracks: FakeTrack[]) {
    super();
  }
  getTracks = () => this.tracks;
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
  getTrackById = () => null;
  addTrack = () => undefined;
  removeTrack = () => undefined;
  clone = (): MediaStream => this;
}

let made: FakeTrack[];
/** By kind: what asking for it is answered with, instead of a track. */
let refuse: { audio?: string; video?: string; display?: string };
let asked: MediaStreamConstraints[];
let changes: number;
let media: LocalMedia;
let permission: Promise<void>;

function stream(...kinds: readonly ('audio' | 'video')[]): MediaStream {
  const tracks = kinds.map((kind) => new FakeTrack(kind));
  made.push(...tracks);
  return new FakeStream(tracks);
}

const access: MediaAccess = {
  async user(constraints) {
    asked.push(constraints);
    await permission;
    const kinds = (['audio', 'video'] as const).filter((kind) => constraints[kind] !== undefined);
    const fault = kinds.map((kind) => refuse[kind]).find((name) => name !== undefined);
    if (fault !== undefined) throw new DOMException('test', fault);
    return stream(...kinds);
  },
  display: () =>
    refuse.display === undefined
      ? Promise.resolve(stream('video'))
      : Promise.reject(new DOMException('test', refuse.display)),
  devices: () => Promise.resolve([]),
  onDevices: () => () => undefined,
  stream: () => stream(),
};

beforeEach(() => {
  made = [];
  refuse = {};
  asked = [];
  changes = 0;
  permission = Promise.resolve();
  media = createLocalMedia(access, () => (changes += 1));
});

describe('opening', () => {
  it('a voice call asks for the microphone only', async () => {
    expect(await media.open('voice')).toBeNull();
    expect(media.state()).toEqual({ audio: true, video: false, screen: false });
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toHaveProperty('video');
  });

  it('a video call asks once for both', async () => {
    expect(await media.open('video')).toBeNull();
    expect(media.state()).toEqual({ audio: true, video: true, screen: false });
    expect(asked).toHaveLength(1);
  });

  it.each(['NotFoundError', 'NotReadableError'])(
    'a video call without a camera (%s) goes on with sound',
    async (name) => {
      refuse = { video: name };
      expect(await media.open('video')).toBeNull();
      expect(media.state()).toEqual({ audio: true, video: false, screen: false });
    },
  );

  it.each([
    ['NotAllowedError', 'refused'],
    ['SecurityError', 'refused'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'in-use'],
    ['AbortError', 'in-use'],
  ])('says what is wrong: %s', async (name, problem) => {
    refuse = { audio: name };
    expect(await media.open('voice')).toBe(problem);
    expect(media.tracks()).toEqual({ audio: null, video: null });
  });

  it('is not asked a second time after a refusal', async () => {
    refuse = { audio: 'NotAllowedError', video: 'NotAllowedError' };
    expect(await media.open('video')).toBe('refused');
    expect(asked).toHaveLength(1);
  });

  it('needs a secure page', async () => {
    const insecure = createLocalMedia(null, () => undefined);
    expect(await insecure.open('voice')).toBe('insecure');
    expect(await insecure.setScreen(true)).toBe('insecure');
  });

  it('opens nothing when the permission comes after the end', async () => {
    let grant = (): void => undefined;
    permission = new Promise((resolve) => (grant = resolve));
    const opening = media.open('video');
    media.close();
    grant();
    expect(await opening).toBe('refused');
    expect(made.every(({ stopped }) => stopped)).toBe(true);
    expect(media.tracks()).toEqual({ audio: null, video: null });
  });
});

describe('during a call', () => {
  beforeEach(() => media.open('video'));

  it('mute keeps the track, silent', () => {
    media.setMuted(true);
    expect(made[0]).toMatchObject({ enabled: false, stopped: false });
    expect(media.state().audio).toBe(false);
    media.setMuted(false);
    expect(made[0]?.enabled).toBe(true);
  });

  it('camera off lets go of the camera; on opens it again', async () => {
    await media.setCamera(false);
    expect(made[1]?.stopped).toBe(true);
    expect(media.tracks().video).toBeNull();
    await media.setCamera(true);
    expect(media.state().video).toBe(true);
  });

  it('says that there is no camera to switch on', async () => {
    await media.setCamera(false);
    refuse = { video: 'NotFoundError' };
    expect(await media.setCamera(true)).toBe('no-camera');
  });

  it('a screen goes before the camera, which stays open and comes back', async () => {
    const camera = media.tracks().video;
    await media.setScreen(true);
    expect(media.tracks().video).not.toBe(camera);
    expect(media.state()).toEqual({ audio: true, video: true, screen: true });
    await media.setScreen(false);
    expect(media.tracks().video).toBe(camera);
  });

  it('sharing that the browser’s own button stops is over', async () => {
    await media.setScreen(true);
    made.at(-1)?.dispatchEvent(new Event('ended'));
    expect(media.state().screen).toBe(false);
  });

  it('closing the browser’s dialog is no problem', async () => {
    refuse = { display: 'NotAllowedError' };
    expect(await media.setScreen(true)).toBeNull();
    expect(media.state().screen).toBe(false);
  });

  it('a camera that is pulled out is told', () => {
    const before = changes;
    made[1]?.dispatchEvent(new Event('ended'));
    expect(media.state().video).toBe(false);
    expect(changes).toBe(before + 1);
  });

  it('another microphone takes over, as muted as the one before', async () => {
    media.setMuted(true);
    await media.choose('audio', 'usb');
    expect(made[0]?.stopped).toBe(true);
    expect(made.at(-1)).toMatchObject({ kind: 'audio', enabled: false });
    expect(asked.at(-1)).toMatchObject({ audio: { deviceId: { exact: 'usb' } } });
  });

  it('ends with every device let go of', async () => {
    await media.setScreen(true);
    media.close();
    expect(made.every(({ stopped }) => stopped)).toBe(true);
    expect(media.state()).toEqual({ audio: false, video: false, screen: false });
  });
});
