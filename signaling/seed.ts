/** `npm run db:seed`: people to play with, all contacts of each other, with real accounts that one can log in to. */
import * as opaque from '@serenity-kit/opaque';
import { type Database, openDatabase, type Queries } from '../db/client.ts';
import { insertPerson, takenName } from './auth/auth-store.ts';
import { createOpaqueServer, newOpaqueSetup, type OpaqueServer } from './auth/opaque.ts';
import { readConfig } from './config.ts';
import { insertFriendship } from './contacts/contact-store.ts';
import { newId } from './ids.ts';
import { parseUserName } from './protocol/user-name.ts';
import { keptSecret } from './secrets.ts';
import { StartError, startSentence } from './start-error.ts';

const PASSWORD = 'let me play with holler';
const PEOPLE = [
  { userName: 'ann', displayName: 'Ann', statusText: 'On the balcony' },
  { userName: 'ben', displayName: 'Ben', statusText: '' },
  { userName: '王小明', displayName: '王小明', statusText: '今天不加班' },
  { userName: 'chloe', displayName: 'Chloé Dubois-Lefèvre', statusText: 'Bonjour !' },
  { userName: 'dariush', displayName: 'داریوش', statusText: '' },
  { userName: 'emil', displayName: 'Emil 🎣', statusText: 'Gone fishing' },
] as const;

async function seed(): Promise<void> {
  const read = readConfig(process.env);
  if ('problem' in read) throw new StartError(read.problem);
  const { DATA_DIR: dataDir, DATABASE_URL: url = null } = read.config;
  const db = await openDatabase({ url, dataDir, onConnectionLost: (error) => console.error(error.message) });
  try {
    const server = await createOpaqueServer(await keptSecret(dataDir, 'opaque-setup', newOpaqueSetup));
    const made = await makePeople(db, server);
    console.log(made === 0 ? 'They are here already:' : `${made} people were made:`);
    for (const { userName, displayName } of PEOPLE) console.log(`  ${userName}  (${displayName})`);
    console.log(`The password of each: ${PASSWORD}`);
  } finally {
    await db.close();
  }
}

/** Answers how many were missing. */
function makePeople(db: Database, server: OpaqueServer): Promise<number> {
  return db.transaction(async (q) => {
    const ids: string[] = [];
    for (const person of PEOPLE) {
      const id = await makePerson(q, server, person);
      if (id === null) continue;
      for (const other of ids) await insertFriendship(q, id, other, Date.now());
      ids.push(id);
    }
    return ids.length;
  });
}

async function makePerson(
  q: Queries,
  server: OpaqueServer,
  { userName, displayName, statusText }: (typeof PEOPLE)[number],
): Promise<string | null> {
  const name = parseUserName(userName);
  if (!name.ok) throw new Error(`${userName}: ${name.problem}`);
  if ((await takenName(q, name.name, name.skeleton)) !== null) return null;
  const id = newId();
  await insertPerson(q, {
    id,
    kind: 'account',
    userName: name.name,
    skeleton: name.skeleton,
    displayName,
    statusText,
    shownStatusText: statusText,
    opaqueRecord: recordFor(server, name.name),
    createdAt: Date.now(),
  });
  return id;
}

/** What a page does when somebody registers. */
function recordFor(server: OpaqueServer, userName: string): string {
  const start = opaque.client.startRegistration({ password: PASSWORD });
  const registrationResponse = server.registrationResponse(userName, start.registrationRequest);
  if (registrationResponse === null) throw new Error('OPAQUE refused its own request');
  const finished = opaque.client.finishRegistration({
    password: PASSWORD,
    registrationResponse,
    clientRegistrationState: start.clientRegistrationState,
  });
  return finished.registrationRecord;
}

try {
  await seed();
} catch (error) {
  const sentence = startSentence(error, { host: '', port: 0, dataDir: process.env['DATA_DIR'] ?? './data' });
  console.error(sentence ?? error);
  process.exitCode = 1;
}
