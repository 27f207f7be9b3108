/** What two people who met by an invite link show each other: that they know its secret, and whose keys they see. */
import { hexOf } from '../hex.ts';

/** `key`: the public half of the person's master key. */
interface Party {
  readonly id: string;
  readonly key: string;
}

export interface Meeting {
  readonly inviter: Party;
  readonly invited: Party;
}

/** Whose proof it is: one side's cannot be handed back as the other's. */
type Side = keyof Meeting;

export interface InviteProofs {
  /** By which the inviter tells the link, without its secret being said. */
  nameOf(secret: string): Promise<string>;
  prove(secret: string, side: Side, meeting: Meeting): Promise<string>;
  holds(proof: string, secret: string, side: Side, meeting: Meeting): Promise<boolean>;
}

const encoder = new TextEncoder();
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** Of a proof that came: 64 hexadecimal digits, or it is none. */
function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[0-9a-f]{64}$/.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

export function createInviteProofs(subtle: SubtleCrypto): InviteProofs {
  const keyOf = (secret: string) =>
    subtle.importKey('raw', encoder.encode(secret), HMAC, false, ['sign', 'verify']);
  const sign = async (secret: string, text: string): Promise<string> =>
    hexOf(new Uint8Array(await subtle.sign('HMAC', await keyOf(secret), encoder.encode(text))));

  return {
    nameOf: (secret) => sign(secret, JSON.stringify(['holler-invite-name'])),
    prove: (secret, side, meeting) => sign(secret, statement(side, meeting)),
    async holds(proof, secret, side, meeting) {
      const bytes = bytesOfHex(proof);
      if (!bytes) return false;
      return subtle.verify('HMAC', await keyOf(secret), bytes, encoder.encode(statement(side, meeting)));
    },
  };
}

const statement = (side: Side, { inviter, invited }: Meeting): string =>
  JSON.stringify(['holler-invite-proof', side, inviter.id, inviter.key, invited.id, invited.key]);
