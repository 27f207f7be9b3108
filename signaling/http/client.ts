/** Who calls: address, scheme and host, also behind a reverse proxy that is trusted. */
import { BlockList, isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { sessionToken } from './cookie.ts';
import type { Client } from './route.ts';

export type ServerEnv = { Bindings: HttpBindings };

/** Addresses whose X-Forwarded-* headers are believed. */
export function proxyList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, '');
const listed = (list: BlockList, address: string) =>
  isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

export function clientOf(context: Context<ServerEnv>, proxies: BlockList): Client {
  const { socket } = context.env.incoming;
  const peer = plain(socket.remoteAddress ?? '');
  const trusted = listed(proxies, peer);
  const forwarded = trusted ? context.req.header('x-forwarded-for') : undefined;
  const proto = trusted ? context.req.header('x-forwarded-proto') : undefined;
  const secure = proto === undefined ? 'encrypted' in socket : proto.split(',')[0]?.trim() === 'https';
  return {
    address: forwarded === undefined ? peer : originalAddress(forwarded, proxies, peer),
    secure,
    host: context.req.header('host') ?? '',
    token: sessionToken(context, secure),
  };
}

/** Whom to count requests by: whoever has one IPv6 address mostly has the whole /64 that it is in. */
export function sourceOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const groups = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== ''));
  const [before = [], after = []] = groups;
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const prefix = [...before, ...zeros, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16));
  return `${prefix.map((group) => group.toString(16)).join(':')}::/64`;
}

/** The last address that a trusted proxy did not add itself: everything before it the caller may have made up. */
function originalAddress(forwarded: string, proxies: BlockList, peer: string): string {
  const hops = forwarded.split(',').map((hop) => plain(hop.trim()));
  const foreign = hops.findLast((hop) => !listed(proxies, hop));
  const address = foreign ?? hops[0] ?? peer;
  return isIP(address) === 0 ? peer : address;
}
