/** Says `ping` on every socket and ends those that have been silent for too long: a pulled cable closes nothing. */
import { TIMES } from '../protocol/limits.ts';
import { encode, type Hub } from './hub.ts';

const LOOK_EVERY_MS = 500;
const PING = encode({ type: 'ping' });

/** Answers how to stop it. */
export function startHeartbeat(hub: Hub, now: () => number): () => void {
  const timer = setInterval(() => {
    const time = now();
    for (const connection of hub.all()) {
      if (time - connection.lastHeard > TIMES.deadAfter) connection.terminate();
      else if (connection.isWelcomed && time - connection.lastPinged >= TIMES.pingEvery) {
        connection.lastPinged = time;
        connection.push(PING);
      }
    }
  }, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
