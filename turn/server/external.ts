/**
 * What relays are announced as when nobody said it: clients find this server by the host of PUBLIC_URL, so where that
 * is a public address which this host does not have, a NAT in between must pass it on, and relays are reached there.
 * No third party is asked.
 */
import { lookup } from 'node:dns/promises';
import { permitsPeer } from '../allocation/peer-policy.ts';
import { parseIp, sameIp } from '../stun/address.ts';

const NOBODYS_LISTS = { allow: [], deny: [] };
const LOOKUP_MS = 3000;

type Resolve = (host: string) => Promise<readonly string[]>;

/** At most one address of each family; none when the name is unknown, or leads to this host itself in that family. */
export async function detectExternal(
  host: string,
  local: readonly Uint8Array[],
  resolve: Resolve = resolveByName,
): Promise<Uint8Array[]> {
  const named = parseIp(host.replaceAll(/[[\]]/g, ''));
  const all = named
    ? [named]
    : (await resolve(host)).map((text) => parseIp(text)).filter((ip) => ip !== undefined);
  return [4, 16].flatMap((size) => {
    const family = all.filter((ip) => ip.length === size);
    if (family.some((ip) => local.some((own) => sameIp(own, ip)))) return [];
    return family.find((ip) => permitsPeer(NOBODYS_LISTS, ip)) ?? [];
  });
}

async function resolveByName(host: string): Promise<string[]> {
  const tooLate = new Promise<[]>((resolve) => setTimeout(() => resolve([]), LOOKUP_MS).unref());
  // A name that is not known here is no reason not to start: relays are announced as they are bound.
  const found = lookup(host, { all: true }).catch(() => []);
  return (await Promise.race([found, tooLate])).map(({ address }) => address);
}
