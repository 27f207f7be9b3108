/** A page's side of groups: an identity whose master key really signs, and changes signed by it. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  bodyText,
  foldBody,
  linkProofText,
  nextBody,
  parseBody,
  type GroupChange,
  type GroupState,
} from '../../../signaling/protocol/group-log.ts';
import type { GroupLog, SignedChange } from '../../../signaling/protocol/groups.ts';
import { identityOf } from './keys.ts';
import type { Answer } from './person.ts';
import type { Person, TestServer } from './server.ts';

interface SigningPair {
  /** 43 characters of base64url. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** Somebody with an identity on the server. */
export type Signer = Person & { readonly master: SigningPair };

export function newPair(): SigningPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: publicKey.export({ format: 'jwk' }).x ?? '', privateKey };
}

const base64 = (text: string) => text.replaceAll('-', '+').replaceAll('_', '/');
const signed = (text: string, { privateKey }: SigningPair) => sign(null, Buffer.from(text), privateKey);

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
export const newGroupId = (): string => `g-${randomBytes(16).toString('base64url')}`;

export async function withIdentity(person: Person, master = newPair()): Promise<Signer> {
  const upload = identityOf(person.me, base64(master.publicKey));
  await person.browser.must('POST', '/api/keys/signing', upload);
  return { ...person, master };
}

export const newSigner = async (server: TestServer): Promise<Signer> =>
  withIdentity(await server.newPerson());

/** Who asks is a contact of all the others. */
export async function befriend(asker: Person, ...others: readonly Person[]): Promise<void> {
  for (const other of others) {
    await asker.browser.must('POST', '/api/contacts/requests', { userName: other.userName });
    await other.browser.must('POST', `/api/contacts/incoming/${asker.me.id}/accept`);
  }
}

/** The change that follows `state`, or in place of its parts, others. */
export function signedChange(
  author: Signer,
  groupId: string,
  state: Pick<GroupState, 'revision' | 'head'> | null,
  change: GroupChange,
): SignedChange {
  const by = { id: author.me.id, key: base64(author.master.publicKey) };
  return signedText(author, bodyText(nextBody(groupId, state, by, change)));
}

export const signedText = (author: Signer, body: string): SignedChange => ({
  body,
  signature: signed(body, author.master).toString('base64').replaceAll('=', ''),
});

export const linkProof = (link: SigningPair, groupId: string, { me }: Person): string =>
  signed(linkProofText(groupId, me.id), link).toString('base64url');

export const found = (author: Signer, groupId: string, change: GroupChange, info?: string): Promise<Answer> =>
  author.browser.call('POST', '/api/groups', { ...signedChange(author, groupId, null, change), info });

/** Everything that this person may read, folded. */
export async function stateOf(
  { browser }: Person,
  groupId: string,
  after: GroupState | null = null,
): Promise<GroupState> {
  const path = `/api/groups/${groupId}/log/${after?.revision ?? 0}`;
  const { changes, more } = await browser.must<GroupLog>('GET', path);
  let state = after;
  for (const { body: text } of changes) {
    const body = parseBody(text);
    const folded = body === null ? null : foldBody(state, body, digestOf(text));
    if (folded?.ok !== true) throw new Error(`The log does not fold: ${text}`);
    state = folded.state;
  }
  if (state === null) throw new Error('The log is empty');
  return more ? stateOf({ browser } as Person, groupId, state) : state;
}

/** Follows whatever is there now. */
export async function append(
  author: Signer,
  groupId: string,
  change: GroupChange,
  info?: string,
): Promise<Answer> {
  const state = await stateOf(author, groupId);
  return post(author, groupId, { ...signedChange(author, groupId, state, change), info });
}

export const post = (by: Person, groupId: string, body: object): Promise<Answer> =>
  by.browser.call('POST', `/api/groups/${groupId}/log`, body);
