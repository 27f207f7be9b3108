/** A group as large as it may be, with the limits that a host has: 256 people with two devices each; on both databases. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../db/client.ts';
import { contacts, devices, people } from '../../../db/schema.ts';
import { newId, newSecret } from '../../../signaling/ids.ts';
import type { GroupChange } from '../../../signaling/protocol/group-log.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { bothKinds, type Place } from '../lib/databases.ts';
import { append, digestOf, found, newGroupId, type Signer, stateOf, withIdentity } from '../lib/groups.ts';
import { all, deposit, text } from '../lib/mailbox.ts';
import { type RunningTestServer, startTestServer } from '../lib/server.ts';

const INFO = 'c2VhbGVk';
/** One too many for a group. */
const COUNT = LIMITS.groupMembersMax + 1;

interface Seeded {
  readonly id: string;
  readonly devices: readonly { readonly id: string; readonly token: string }[];
}

/** Put there as they are after registering and logging in; the first is a contact of all the others. */
async function seed({ dataDir, url }: Place): Promise<Seeded[]> {
  const device = () => ({ id: newId(), token: newSecret() });
  const made = Array.from({ length: COUNT }, () => ({ id: newId(), devices: [device(), device()] }));
  const [owner, ...others] = made.map(({ id }) => id);
  const now = Date.now();
  const db = await openDatabase({ url, dataDir, onConnectionLost: () => undefined });
  await db.transaction(async (q) => {
    await q.insert(people).values(
      made.map(({ id }, index) => ({
        id,
        kind: 'account' as const,
        userName: `many${index}`,
        skeleton: `many${index}`,
        displayName: `Member ${index}`,
        opaqueRecord: 'nobody logs in by a password',
        createdAt: now,
      })),
    );
    await q.insert(devices).values(
      made.flatMap((person) =>
        person.devices.map(({ id, token }) => ({
          id,
          personId: person.id,
          tokenDigest: createHash('sha256').update(token).digest(),
          name: 'Test',
          clientVersion: '0',
          address: '127.0.0.1',
          createdAt: now,
          lastSeen: now,
          expiresAt: now + 86_400_000,
        })),
      ),
    );
    await q.insert(contacts).values(
      others.flatMap((id) => [
        { ownerId: owner!, personId: id, since: now },
        { ownerId: id, personId: owner!, since: now },
      ]),
    );
  });
  await db.close();
  return made;
}

describe.each(bothKinds())('a group of $name with as many members as may be', (kind) => {
  let server: RunningTestServer;
  let members: Seeded[];
  let oneTooMany: Seeded;
  let owner: Signer;
  const groupId = newGroupId();
  /** Logged in as the first of their devices. */
  const signerOf = async (person: Seeded): Promise<Signer> => {
    const browser = server.newBrowser();
    browser.cookie = `holler=${person.devices[0]!.token}`;
    return withIdentity({ browser, userName: '', me: await browser.must('GET', '/api/me') });
  };

  beforeAll(async () => {
    await kind.start();
    const place = await kind.newPlace();
    const seeded = await seed(place);
    members = seeded.slice(0, -1);
    oneTooMany = seeded.at(-1)!;
    server = await startTestServer(place, { RATE_LIMIT_FACTOR: '1' });
    owner = await signerOf(members[0]!);
  });
  afterAll(async () => {
    await server.stop();
    await kind.stop();
  });

  it('is founded at once, changed by its members, and takes no more', async () => {
    const create: GroupChange = {
      kind: 'create',
      memberIds: members.slice(1).map(({ id }) => id),
      info: digestOf(INFO),
      room: null,
    };
    expect(await found(owner, groupId, create, INFO)).toMatchObject({ status: 201 });
    const last = members.at(-1)!;
    const promoted = await append(owner, groupId, { kind: 'role', memberId: last.id, role: 'admin' });
    expect(promoted.status).toBe(200);
    const admin = await signerOf(last);
    const more: GroupChange = { kind: 'add', memberIds: [oneTooMany.id] };
    expect(await append(owner, groupId, more)).toMatchObject({ status: 409 });
    // Others are no contacts of an admin's, who takes the link instead of adding them.
    expect(await append(admin, groupId, { kind: 'link', link: 'l'.repeat(43) })).toMatchObject({
      status: 200,
    });
    const state = await stateOf(admin, groupId);
    expect(state).toMatchObject({ revision: 3, link: 'l'.repeat(43) });
    expect(state.members).toHaveLength(LIMITS.groupMembersMax);
    const shown = await admin.browser.must<{ people: unknown[] }>('GET', `/api/groups/${groupId}`);
    expect(shown.people).toHaveLength(LIMITS.groupMembersMax);
  });

  it('one ciphertext goes to all devices of everybody else, and to nobody else', async () => {
    const socket = owner.browser.socket();
    await socket.next('welcome');
    const to = members
      .slice(1)
      .flatMap(({ id, devices: theirs }) => theirs.map((device) => ({ userId: id, deviceId: device.id })));
    expect(to).toHaveLength(2 * (LIMITS.groupMembersMax - 1));
    const stranger = { userId: oneTooMany.id, deviceId: oneTooMany.devices[0]!.id };
    const body = 'x'.repeat(4_000);
    expect(await deposit(socket, to, [body])).toEqual([]);
    await socket.close();
    // A member who is no contact of whom they write to, by both of their devices.
    const [writer, reader] = [members[7]!, members[200]!];
    const writing = await signerOf(writer);
    const from = writing.browser.socket();
    await from.next('welcome');
    const others = to.filter(({ userId }) => userId !== writer.id);
    const refused = await deposit(from, [...others, stranger], ['from a member']);
    expect(refused).toMatchObject([{ to: stranger, code: 'not-found' }]);
    await from.close();
    for (const { token } of reader.devices) {
      const browser = server.newBrowser();
      browser.cookie = `holler=${token}`;
      const own = browser.socket();
      await own.next('welcome');
      expect((await all(own)).map(text)).toEqual([body, 'from a member']);
      await own.close();
    }
  });
});
