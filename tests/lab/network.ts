/**
 * A small internet in network namespaces: a server on a public address, and hosts behind NATs of a chosen kind.
 *
 *   host a 10.61.1.2 -- nat a 198.18.61.11 --+
 *                                            +-- hub (bridge) -- server 198.18.61.1
 *   host b 10.61.2.2 -- nat b 198.18.61.12 --+
 *
 * 198.18.0.0/15 is set aside for tests of networks (RFC 2544), and nothing here leaves the namespaces.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { need } from '../tools/programs.mjs';

/**
 * `cone` keeps the port whatever the destination (endpoint-independent mapping, RFC 4787 section 4.1), so that punching works;
 * `symmetric` takes a new random port for each destination; `no-udp` is symmetric and drops all UDP, as strict offices do.
 */
export type NatKind = 'cone' | 'symmetric' | 'no-udp';

export interface Host {
  /** Name of the namespace, for `ip netns exec`. */
  readonly namespace: string;
  /** A program that runs `program` inside this host with the arguments that it gets. */
  wrap(program: string): string;
  /** Pulls the cable, and puts it back. */
  unplug(): void;
  plugIn(): void;
}

export interface Network {
  readonly server: { readonly namespace: string; readonly address: string };
  readonly a: Host;
  readonly b: Host;
  dispose(): void;
}

/** Makes the names of this process's networks differ. */
let built = 0;
const SERVER_ADDRESS = '198.18.61.1';

export function buildNetwork(kinds: { a: NatKind; b: NatKind }): Network {
  const prefix = `hol${process.pid}n${(built += 1)}`;
  const folder = mkdtempSync(join(tmpdir(), 'holler-lab-'));
  const namespaces: string[] = [];
  const add = (name: string): string => {
    const namespace = `${prefix}${name}`;
    ip('netns', 'add', namespace);
    namespaces.push(namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    return namespace;
  };
  const dispose = () => {
    for (const namespace of namespaces) ip('netns', 'del', namespace);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const hub = add('hub');
    ip('-n', hub, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', hub, 'link', 'set', 'bridge', 'up');
    const server = add('srv');
    plugIntoHub(hub, server, 'srv', `${SERVER_ADDRESS}/24`);
    const host = (name: 'a' | 'b', number: number, kind: NatKind): Host => {
      const nat = add(`nat${name}`);
      plugIntoHub(hub, nat, `nat${name}`, `198.18.61.${10 + number}/24`);
      const inside = add(name);
      connect(
        { namespace: nat, device: 'lan', address: `10.61.${number}.1/24` },
        { namespace: inside, device: 'eth0', address: `10.61.${number}.2/24` },
      );
      ip('-n', inside, 'route', 'add', 'default', 'via', `10.61.${number}.1`);
      translate(nat, kind);
      return asHost(inside, nat, folder);
    };
    return {
      server: { namespace: server, address: SERVER_ADDRESS },
      a: host('a', 1, kinds.a),
      b: host('b', 2, kinds.b),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

function ip(...args: string[]): void {
  execFileSync(need('ip'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function inside(namespace: string, program: string, ...args: string[]): void {
  ip('netns', 'exec', namespace, program, ...args);
}

interface End {
  readonly namespace: string;
  readonly device: string;
  readonly address?: string;
}

function connect(left: End, right: End): void {
  ip(
    'link',
    'add',
    left.device,
    'netns',
    left.namespace,
    'type',
    'veth',
    'peer',
    'name',
    right.device,
    'netns',
    right.namespace,
  );
  for (const { namespace, device, address } of [left, right]) {
    if (address !== undefined) ip('-n', namespace, 'address', 'add', address, 'dev', device);
    ip('-n', namespace, 'link', 'set', device, 'up');
  }
}

function plugIntoHub(hub: string, namespace: string, port: string, address: string): void {
  connect({ namespace: hub, device: port }, { namespace, device: 'wan', address });
  ip('-n', hub, 'link', 'set', port, 'master', 'bridge');
}

function translate(nat: string, kind: NatKind): void {
  inside(nat, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  const masquerade = kind === 'cone' ? 'masquerade persistent' : 'masquerade random,fully-random';
  const rules = [
    'add table ip lab',
    'add chain ip lab out { type nat hook postrouting priority srcnat; }',
    `add rule ip lab out oifname "wan" ${masquerade}`,
    // Dropped before it is remembered: a peer's early packet must not take the port that the host's own will need.
    'add chain ip lab in { type filter hook input priority filter; }',
    'add rule ip lab in iifname "wan" ct state new drop',
    // A home router answers nobody who was not asked.
    'add chain ip lab through { type filter hook forward priority filter; policy drop; }',
    ...(kind === 'no-udp' ? ['add rule ip lab through meta l4proto udp drop'] : []),
    'add rule ip lab through ct state established,related accept',
    'add rule ip lab through iifname "lan" accept',
  ];
  for (const rule of rules) inside(nat, need('nft'), rule);
}

function asHost(namespace: string, nat: string, folder: string): Host {
  return {
    namespace,
    wrap: (program) => {
      const file = join(folder, `in-${namespace}`);
      writeFileSync(file, `#!/bin/sh\nexec "${need('ip')}" netns exec "${namespace}" "${program}" "$@"\n`);
      chmodSync(file, 0o755);
      return file;
    },
    // The router's end goes down: the host's own interface loses its carrier, as with a pulled cable.
    unplug: () => ip('-n', nat, 'link', 'set', 'lan', 'down'),
    plugIn: () => ip('-n', nat, 'link', 'set', 'lan', 'up'),
  };
}
