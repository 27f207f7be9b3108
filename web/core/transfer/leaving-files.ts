/** The files of this tab that go up to the server, to wait for friends who are away: one after the other. */
import type { FileSummary, LeavingFile, LeavingProblem, Result } from '../model.ts';
import type { Clock } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { createSpeedMeter, type SpeedMeter } from './speed.ts';
import type { Leave, LeaveEnd } from './waiting-file.ts';

/** Writes the message once it is known where the file waits; null: it goes by the link. */
export type Announce = (waits: FileSummary['waits'] | null) => Promise<Result<unknown>>;

export interface LeavingFiles {
  add(friendId: string, file: File, announce: Announce): void;
  drop(id: string): void;
  again(id: string): void;
  /** The server can be reached again. */
  connected(): void;
}

interface Needs {
  readonly clock: Clock;
  readonly scope: Scope;
  readonly newId: () => string;
  readonly leave: (friendId: string, file: File, onProgress: (bytes: number) => void) => Leave;
  readonly show: (all: readonly LeavingFile[]) => void;
}

interface Entry {
  view: LeavingFile;
  readonly announce: Announce;
  readonly leave: Leave;
  readonly meter: SpeedMeter;
}

export function createLeavingFiles({ clock, scope, newId, leave, show }: Needs): LeavingFiles {
  const entries = new Map<string, Entry>();
  let going = false;
  scope.own(() => {
    for (const { leave: each } of entries.values()) each.takeBack();
  });

  function change(entry: Entry, news: Partial<LeavingFile>): void {
    entry.view = { ...entry.view, ...news };
    tell();
  }

  const tell = (): void => show([...entries.values()].map(({ view }) => view));

  function progress(entry: Entry, bytes: number): void {
    const now = clock.monotonic();
    entry.meter.add(now, bytes);
    change(entry, { bytes, speed: entry.meter.read(now, entry.view.size) });
  }

  async function goOn(): Promise<void> {
    if (going) return;
    going = true;
    try {
      for (let entry = nextOf(entries); entry && !scope.ended; entry = nextOf(entries)) {
        entry.meter.reset();
        entry.meter.add(clock.monotonic(), entry.view.bytes);
        await settle(entry, await entry.leave.run());
      }
    } finally {
      going = false;
    }
  }

  async function settle(entry: Entry, end: LeaveEnd): Promise<void> {
    if (scope.ended || end.end === 'taken-back') return;
    if (end.end === 'failed') return stop(entry, { why: 'failed', failure: end.failure });
    if (end.end === 'unreadable') return stop(entry, { why: 'unreadable' });
    const written = await entry.announce(end.end === 'left' ? end.waits : null);
    if (!written.ok) return stop(entry, { why: 'failed', failure: written.failure });
    if (end.end !== 'left') return stop(entry, whyOf(end));
    entries.delete(entry.view.id);
    tell();
  }

  const stop = (entry: Entry, problem: LeavingProblem): void => change(entry, { problem, speed: null });

  function again(entry: Entry): void {
    change(entry, { problem: null });
    void goOn();
  }

  return {
    add(friendId, file, announce) {
      const id = newId();
      const entry: Entry = {
        view: { id, friendId, name: file.name, size: file.size, bytes: 0, speed: null, problem: null },
        announce,
        leave: leave(friendId, file, (bytes) => progress(entry, bytes)),
        meter: createSpeedMeter(),
      };
      entries.set(id, entry);
      tell();
      void goOn();
    },
    drop(id) {
      const entry = entries.get(id);
      if (!entry) return;
      entries.delete(id);
      entry.leave.takeBack();
      tell();
    },
    again(id) {
      const entry = entries.get(id);
      if (entry?.view.problem?.why === 'failed') again(entry);
    },
    connected() {
      for (const entry of entries.values()) if (entry.view.problem?.why === 'failed') again(entry);
    },
  };
}

function nextOf(entries: ReadonlyMap<string, Entry>): Entry | undefined {
  return [...entries.values()].find(({ view }) => view.problem === null);
}

function whyOf(end: Extract<LeaveEnd, { end: 'too-large' | 'full' | 'refused' }>): LeavingProblem {
  return end.end === 'too-large' ? { why: 'too-large', limit: end.limit } : { why: end.end };
}
