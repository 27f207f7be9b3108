/** Files in every phase and calls, for the gallery: what scenes.ts adds to its conversations. */
import type { CallView, LeavingFile, Message, TransferView } from '../../web/core/model.ts';

const MB = 1_000_000;

interface Sample {
  readonly name: string;
  readonly author: Message['author'];
  readonly view: Partial<TransferView> & Pick<TransferView, 'phase'>;
}

const SAMPLES: readonly Sample[] = [
  { name: '周末的照片.zip', author: 'friend', view: { phase: 'offered' } },
  {
    name: 'a-very-long-name-of-a-film-that-somebody-made-last-summer-by-the-sea-final-version-2.mov',
    author: 'me',
    view: { phase: 'offered' },
  },
  {
    name: 'film.mov',
    author: 'friend',
    view: { phase: 'moving', bytes: 412 * MB, speed: { rate: 12.4 * MB, secondsLeft: 40 } },
  },
  { name: 'backup.tar.gz', author: 'me', view: { phase: 'waiting', bytes: 90 * MB } },
  { name: 'report.pdf', author: 'friend', view: { phase: 'complete', bytes: 900 * MB, kept: true } },
  { name: 'score.pdf', author: 'me', view: { phase: 'complete', bytes: 900 * MB } },
  { name: 'setup.exe', author: 'friend', view: { phase: 'declined' } },
  {
    name: 'disk.img',
    author: 'friend',
    view: { phase: 'stopped', bytes: 300 * MB, stop: { by: 'me', reason: 'storage-full' } },
  },
];

export function fileMessages(friendId: string, from: number): Message[] {
  const files = SAMPLES.map(({ name, author }, index): Message => ({
    id: `file-${index}`,
    conversationId: friendId,
    author,
    at: from + index * 60_000,
    body: { kind: 'file', file: { name, size: 900 * MB, type: '' }, device: 'd9' },
    state: 'delivered',
  }));
  const calls = (['talked', 'missed'] as const).map((outcome, index): Message => ({
    id: `call-${index}`,
    conversationId: friendId,
    author: 'friend',
    at: from + (SAMPLES.length + index) * 60_000,
    body: {
      kind: 'call',
      call: { kind: index === 0 ? 'video' : 'voice', outcome, seconds: index === 0 ? 754 : 0 },
    },
    state: 'read',
  }));
  return [...files, ...calls];
}

export const FILE_VIEWS: ReadonlyMap<string, TransferView> = new Map(
  SAMPLES.map(({ name, author, view }, index) => [
    `file-${index}`,
    {
      id: `file-${index}`,
      friendId: 'lin',
      direction: author === 'me' ? 'out' : 'in',
      file: { name, size: 900 * MB, type: '' },
      bytes: 0,
      speed: null,
      stop: null,
      kept: false,
      saved: false,
      ...view,
    },
  ]),
);

/** On their way to the server, for a friend who is away: one that moves, and each way in which it may not. */
export const leavingFiles = (friendId: string): LeavingFile[] =>
  (
    [
      { name: '周末的照片.zip', size: 18 * MB, bytes: 7.4 * MB, speed: { rate: 1.2 * MB, secondsLeft: 9 } },
      { name: 'notes.txt', size: 12_000 },
      {
        name: 'scan.pdf',
        size: 22 * MB,
        bytes: 3.1 * MB,
        problem: { why: 'failed', failure: { code: 'network' } },
      },
      {
        name: 'a-very-long-name-of-a-film-that-somebody-made-last-summer-by-the-sea-final-version-2.mov',
        size: 900 * MB,
        problem: { why: 'too-large', limit: 26_214_400 },
      },
      { name: 'slides.odp', size: 8 * MB, problem: { why: 'full' } },
    ] satisfies (Partial<LeavingFile> & Pick<LeavingFile, 'name' | 'size'>)[]
  ).map((each, index) => ({
    id: `leaving-${index}`,
    friendId,
    bytes: 0,
    speed: null,
    problem: null,
    ...each,
  }));

const CALL: CallView = {
  id: 'call',
  friendId: 'lin',
  kind: 'video',
  direction: 'in',
  phase: 'ringing-in',
  heard: true,
  since: null,
  linked: true,
  sending: { audio: true, video: false, screen: false },
  receiving: null,
  own: null,
  remote: null,
  outcome: null,
};

export const RINGING: CallView = CALL;
export const TALKING: CallView = {
  ...CALL,
  kind: 'voice',
  phase: 'active',
  since: Date.now() - 754_000,
  receiving: { audio: false, video: false, screen: false },
};
