/** The embedded database's thread: PGlite with real durability, answering PostgreSQL's wire protocol message by message. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import type { WorkerReport } from './embedded-thread.ts';
import { failureOf, openEngine } from './engine.ts';

if (parentPort === null) throw new Error('embedded-worker runs as a thread');
const port = parentPort;
const { folder } = workerData as { folder: string };
const report = (message: WorkerReport) => port.postMessage(message);

try {
  serve(await openEngine(folder));
} catch (error) {
  fail(error);
}

/** One after the other, in the order of arrival: `answerOf` runs synchronously up to its end. */
function serve(database: PGlite): void {
  port.on('message', (message: Uint8Array | 'close') => {
    void (message === 'close' ? close(database) : answer(database, message));
  });
  report({ opened: true });
}

async function answer(database: PGlite, message: Uint8Array): Promise<void> {
  try {
    const bytes = await answerOf(database, message);
    const dead = endsTheEngine(bytes);
    port.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
    // Only a new engine can go on; it replays the log as after a crash.
    if (dead) process.exit();
  } catch (error) {
    fail(error);
  }
}

/**
 * As bytes alone: `execProtocolRaw` also reads every row for itself, and keeps all that it read as long as it lives. Only
 * a connection's first message has no type, and is answered in another way.
 */
async function answerOf(database: PGlite, message: Uint8Array): Promise<Uint8Array> {
  if (message[0] === 0) return database.execProtocolRaw(message);
  const parts: Uint8Array[] = [];
  // What it is given lies in the engine's memory, and is gone after the call.
  await database.execProtocolRawStream(message, { onRawData: (part) => void parts.push(part.slice()) });
  return joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether an answer holds an error after which this engine takes nothing more, such as a log that cannot be written. */
function endsTheEngine(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 5 <= view.length; at += 1 + view.readInt32BE(at + 1)) {
    // ErrorResponse: its first field is S, the severity.
    if (view[at] === 0x45 && /^S(?:PANIC|FATAL)$/.test(view.toString('latin1', at + 5, at + 11))) return true;
  }
  return false;
}

async function close(database: PGlite): Promise<void> {
  try {
    await database.close();
  } catch (error) {
    fail(error);
  }
  port.close();
}

function fail(error: unknown): void {
  report({ failed: failureOf(error) });
  port.close();
}
