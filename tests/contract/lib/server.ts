/** The whole server inside the test's process, on a free port, with a clock that the test can move. */
import { afterAll, beforeAll } from 'vitest';
import { readConfig } from '../../../signaling/config.ts';
import { createLog } from '../../../signaling/log.ts';
import { type RunningServer, startServer } from '../../../signaling/server.ts';
import type { Kind, Place } from './databases.ts';
import { Browser } from './person.ts';
import type { Me } from '../../../signaling/protocol/http.ts';

export interface TestServer {
  readonly url: string;
  /** Moves the server's clock forward. */
  pass(milliseconds: number): void;
  /** Does what is otherwise done every few minutes. */
  tidy(): Promise<void>;
  newBrowser(): Browser;
  /** Somebody who has just registered. */
  newPerson(): Promise<Person>;
}

export interface RunningTestServer extends TestServer {
  stop(): Promise<void>;
}

export interface Person {
  readonly me: Me;
  readonly userName: string;
  readonly browser: Browser;
}

let people = 0;

export async function startTestServer(
  place: Place,
  env: Record<string, string> = {},
): Promise<RunningTestServer> {
  const read = readConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: place.dataDir,
    ...(place.url !== null && { DATABASE_URL: place.url }),
    RATE_LIMIT_FACTOR: '1000',
    LOG_LEVEL: 'error',
    TURN_URLS: 'turn:turn.example:3478?transport=udp,stun:turn.example:3478',
    TURN_SECRET: 'a secret for tests only',
    ...env,
  });
  if ('problem' in read) throw new Error(read.problem);
  let ahead = 0;
  const running: RunningServer = await startServer({
    config: read.config,
    log: createLog(read.config.LOG_LEVEL),
    version: '0.0.0-test',
    webRoot: place.dataDir,
    startRelay: () => Promise.resolve(null),
    now: () => Date.now() + ahead,
  });
  const newBrowser = () => new Browser(running.url);
  return {
    url: running.url,
    pass: (milliseconds) => (ahead += milliseconds),
    tidy: () => running.tidy(),
    newBrowser,
    newPerson: async () => {
      const [browser, userName] = [newBrowser(), `person-${++people}x`];
      const answer = await browser.register(userName);
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return { browser, userName, me: answer.body };
    },
    stop: () => running.stop(),
  };
}

/** For one suite: starts before its first test, on an empty database of that kind, and stops after its last. */
export function serverOn(kind: Kind, env: Record<string, string> = {}): TestServer {
  let running: RunningTestServer;
  beforeAll(async () => {
    await kind.start();
    running = await startTestServer(await kind.newPlace(), env);
  });
  afterAll(async () => {
    await running.stop();
    await kind.stop();
  });
  return {
    get url() {
      return running.url;
    },
    pass: (milliseconds) => running.pass(milliseconds),
    tidy: () => running.tidy(),
    newBrowser: () => running.newBrowser(),
    newPerson: () => running.newPerson(),
  };
}

/** Two who have agreed. */
export async function friends(server: TestServer): Promise<[Person, Person]> {
  const [a, b] = [await server.newPerson(), await server.newPerson()];
  await a.browser.must('POST', '/api/contacts/requests', { userName: b.userName });
  await b.browser.must('POST', `/api/contacts/incoming/${a.me.id}/accept`);
  return [a, b];
}
