/** The STUN/TURN server alone: `npm run turn`, with the same `TURN_*` settings as the whole server. */
import { readTurnConfig } from './config.ts';
import { startTurn, type TurnLog, type TurnServer } from './server/start.ts';
import { TurnStartError } from './server/start-error.ts';

const DRAIN_MS = 30_000;

const log: TurnLog = {
  info: (fields, message) => line('info', fields, message),
  warn: (fields, message) => line('warn', fields, message),
  error: (fields, message) => line('error', fields, message),
};

function line(level: string, fields: object, message: string): void {
  const printable = Object.entries(fields).map(([name, v]) => [name, v instanceof Error ? v.message : v]);
  const entry = { level, time: new Date().toISOString(), message, ...Object.fromEntries(printable) };
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

async function start(): Promise<TurnServer> {
  const result = readTurnConfig(process.env);
  if ('error' in result) refuse(result.error.message);
  if (result.config.secrets.length === 0) {
    refuse('TURN_SECRET: is needed to run the relay alone; the signaling server must have the same one.');
  }
  try {
    return await startTurn({ ...result.config, log });
  } catch (error) {
    if (error instanceof TurnStartError) refuse(error.message);
    throw error;
  }
}

const server = await start();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  // A second signal ends the process at once, as nobody listens for it any more.
  process.once(signal, () => {
    log.info({ allocations: server.allocations }, 'draining');
    void server
      .drain(DRAIN_MS)
      .then(() => server.close())
      .then(() => process.exit(0));
  });
}
