/** Why the STUN/TURN server could not start, as a sentence that names the setting to change. */

import { formatAddress, type Address } from '../stun/address.ts';

export type TurnStartCode = 'invalid' | 'port-taken' | 'address-not-here' | 'not-permitted' | 'system';

export class TurnStartError extends Error {
  readonly code: TurnStartCode;
  /** Where it happened, when it was at an address. */
  readonly ip: Uint8Array | undefined;

  constructor(code: TurnStartCode, message: string, ip?: Uint8Array) {
    super(message);
    this.name = 'TurnStartError';
    this.code = code;
    this.ip = ip;
  }

  /** `setting` is the variable that decides about what could not be opened. */
  static fromSystem(systemCode: string, setting: string, protocol: string, at: Address): TurnStartError {
    const where = `${protocol} ${formatAddress(at)}`;
    const [code, why] = REASONS[systemCode] ?? ['system', `could not be opened (${systemCode})`];
    return new TurnStartError(code, `${setting}: ${where} ${why}.`, at.ip);
  }
}

const REASONS: Record<string, [TurnStartCode, string] | undefined> = {
  EADDRINUSE: ['port-taken', 'is in use by another program'],
  EADDRNOTAVAIL: ['address-not-here', 'is not an address of this host'],
  EACCES: ['not-permitted', 'may not be opened by this user'],
};
