/**
 * Which peers a relay may talk to. Everything that is not plainly a public unicast address is refused, in every
 * form that it can be written; the operator's lists come after that. The relay's own addresses are a case of
 * their own: two relayed users must meet there, and nothing else on this host may be reached.
 */
import { anyContains, cidrs, type Cidr } from './cidr.ts';

const REFUSED_IPV4 = cidrs(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure answers its machines' metadata requests here
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
);
/** Only 2000::/3 is public unicast; within it, what is set aside. Teredo and 6to4 carry any IPv4 address inside. */
const PUBLIC_IPV6 = cidrs('2000::/3');
const REFUSED_IPV6 = cidrs('2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20');
const NAT64 = cidrs('64:ff9b::/96')[0]!;

export interface PeerPolicy {
  readonly allow: readonly Cidr[];
  readonly deny: readonly Cidr[];
}

/** Whether the policy lets a peer that is not this server be reached. */
export function permitsPeer(policy: PeerPolicy, ip: Uint8Array): boolean {
  const inner = embeddedIpv4(ip);
  if (anyContains(policy.deny, ip) || (inner && anyContains(policy.deny, inner))) return false;
  if (anyContains(policy.allow, ip)) return true;
  if (inner) return !anyContains(REFUSED_IPV4, inner);
  if (ip.length === 4) return !anyContains(REFUSED_IPV4, ip);
  return anyContains(PUBLIC_IPV6, ip) && !anyContains(REFUSED_IPV6, ip);
}

/** NAT64 is the one IPv4-in-IPv6 form that a public peer really has; it is judged as the address inside. */
function embeddedIpv4(ip: Uint8Array): Uint8Array | undefined {
  return anyContains([NAT64], ip) ? ip.subarray(12) : undefined;
}
