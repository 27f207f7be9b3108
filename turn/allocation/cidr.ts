/** Address ranges in CIDR notation, for the peer policy's own lists and the operator's. */
import { parseIp } from '../stun/address.ts';

export interface Cidr {
  readonly ip: Uint8Array;
  readonly bits: number;
}

export function parseCidr(text: string): Cidr | undefined {
  const [host = '', prefix, ...rest] = text.trim().split('/');
  const ip = parseIp(host);
  if (!ip || rest.length > 0) return undefined;
  const bits = prefix === undefined ? ip.length * 8 : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  return bits <= ip.length * 8 ? { ip, bits } : undefined;
}

export function cidrs(...texts: string[]): Cidr[] {
  return texts.map((text) => {
    const parsed = parseCidr(text);
    if (!parsed) throw new Error(`not a CIDR range: ${text}`);
    return parsed;
  });
}

function contains(range: Cidr, ip: Uint8Array): boolean {
  if (range.ip.length !== ip.length) return false;
  const whole = range.bits >> 3;
  for (let i = 0; i < whole; i++) if (range.ip[i] !== ip[i]) return false;
  const mask = (0xff00 >> (range.bits & 7)) & 0xff;
  return mask === 0 || (range.ip[whole]! & mask) === (ip[whole]! & mask);
}

export function anyContains(ranges: readonly Cidr[], ip: Uint8Array): boolean {
  return ranges.some((range) => contains(range, ip));
}
