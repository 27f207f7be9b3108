/** Starts Holler: reads the environment, serves, and ends in good order. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startTurn } from '../turn/server/start.ts';
import { TurnStartError } from '../turn/server/start-error.ts';
import { helpText, readConfig, type Config } from './config.ts';
import { createLog, type Log } from './log.ts';
import { startServer, type BundledRelay, type RunningServer } from './server.ts';
import { StartError, startSentence } from './start-error.ts';
import type { TlsFiles } from './tls.ts';

/** Compiled, this file stands two folders deeper. */
const ROOT = new URL(import.meta.url.endsWith('.ts') ? '../' : '../../../', import.meta.url);

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(helpText());
    return;
  }
  const read = readConfig(process.env);
  if ('problem' in read) {
    giveUp(read.problem);
    return;
  }
  const { config } = read;
  const log = createLog(config.LOG_LEVEL);
  try {
    const server = await startServer({
      config,
      log,
      version: versionOf(),
      webRoot: fileURLToPath(new URL('dist/web', ROOT)),
      startRelay: (secret, tls) => startRelay(config, log, secret, tls),
    });
    // First, since whoever reads the line may end it at once.
    stopOnSignal(server, log);
    process.stdout.write(`Holler is at ${server.url}\n`);
  } catch (error) {
    const settings = { host: config.HOST, port: config.PORT, dataDir: config.DATA_DIR };
    const sentence = startSentence(error, settings);
    if (sentence === null) log.fatal({ err: error }, 'The server could not start');
    giveUp(sentence ?? 'The server could not start; the log says more.');
  }
}

function giveUp(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
  return version;
}

async function startRelay(
  config: Config,
  log: Log,
  secret: string,
  tls: TlsFiles | null,
): Promise<BundledRelay | null> {
  if (config.TURN_PORT === 0 || config.TURN_URLS !== undefined) return null;
  const { turn } = config;
  const secrets = turn.secrets.length > 0 ? turn.secrets : [secret];
  try {
    return await startTurn({
      ...turn,
      ...(tls !== null && { tls }),
      secrets,
      log: log.child({ part: 'turn' }),
    });
  } catch (error) {
    throw error instanceof TurnStartError ? new StartError(error.message, { cause: error }) : error;
  }
}

function stopOnSignal(server: RunningServer, log: Log): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // A second signal means now.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'Stopping');
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'The end was not in good order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

await main();
