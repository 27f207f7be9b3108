/** coturn's own tools against our server: an independent client for every transport and mode. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TurnServer } from '../../../turn/server/start.ts';
import { need } from '../../tools/programs.mjs';
import { certificate, PEER_HOST, SECRET, startOurs } from './lib/servers.ts';
import { freePort } from '../../tools/free-port.ts';

const LIMIT_MS = 30_000;
const MESSAGES = 10;

/** Debian has the tools beside the server. */
function tool(name: string): string {
  return join(dirname(need('turnserver')), name);
}

function run(name: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(tool(name), args, { timeout: LIMIT_MS }, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error(`${name} did not end:\n${stdout}`));
      else resolve(stdout + stderr);
    });
  });
}

// Most of a run is the tool's own waiting, so they wait together.
describe.concurrent.each(['auto', 'dgram'] as const)('turnutils_uclient, %s transport', (transport) => {
  let server: TurnServer;
  let folder: string;
  let peerPort: number;
  let peer: ReturnType<typeof spawn>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'turnutils-'));
    const { cert, key } = await certificate();
    await writeFile(join(folder, 'cert.pem'), cert);
    await writeFile(join(folder, 'key.pem'), key);
    server = await startOurs({ transport, hosts: ['127.0.0.1', '::1'], tlsPort: 0, tls: { cert, key } });
    peerPort = await freePort();
    peer = spawn(tool('turnutils_peer'), ['-L', PEER_HOST, '-p', String(peerPort)], { stdio: 'ignore' });
  });
  afterAll(async () => {
    peer.kill();
    await server.close();
    await rm(folder, { recursive: true });
  });

  async function uclient(
    flags: string[],
    port = server.port,
    host = '127.0.0.1',
    clients = 2,
  ): Promise<string> {
    const common = [
      '-W',
      SECRET,
      '-u',
      'bob',
      '-n',
      String(MESSAGES),
      '-m',
      String(clients),
      '-l',
      '200',
      '-z',
      '5',
    ];
    return run('turnutils_uclient', [...flags, ...common, '-p', String(port), host]);
  }

  const MODES: [string, string[]][] = [
    ['channels between clients', ['-y', '-c']],
    ['channels, with RTCP ports reserved', ['-y']],
    ['Send and Data indications', ['-y', '-c', '-s']],
    ['TCP', ['-y', '-c', '-t']],
    ['indications over TCP', ['-y', '-c', '-t', '-s']],
    ['a peer of its own', ['-c', '-e', PEER_HOST]],
    ['a peer of its own, by indications', ['-c', '-s', '-e', PEER_HOST]],
    ['IPv4 relay asked for by name', ['-y', '-c', '-X']],
    ['extra requests in between', ['-y', '-c', '-G']],
    ['channel data padded over UDP', ['-y', '-c', '-D']],
  ];
  // The client side is the same with both: a few modes suffice to tell that the other one works, too.
  const modes = transport === 'auto' ? MODES : MODES.slice(0, 4);
  test.each(modes)('%s', async (_, flags) => {
    const peerFlags = flags.includes('-e') ? ['-r', String(peerPort)] : [];
    expectNoLoss(await uclient([...flags, ...peerFlags]));
  });

  test('TLS', { timeout: 150_000 }, async () => {
    const files = ['-i', join(folder, 'cert.pem'), '-k', join(folder, 'key.pem')];
    // The tool draws a TLS version for each connection, old ones that we refuse among them: try until it drew well.
    let output = '';
    for (let i = 0; i < 24 && !output.includes('Total lost packets'); i++) {
      output = await uclient(
        ['-c', '-t', '-S', '-e', PEER_HOST, '-r', String(peerPort), ...files],
        server.tlsPort,
        '127.0.0.1',
        1,
      );
    }
    expectNoLoss(output, 1);
  });

  test('IPv6 relays, from IPv6 clients', async () => {
    expectNoLoss(await uclient(['-y', '-c', '-x'], server.port, '::1'));
  });

  test('DONT-FRAGMENT: honoured where it can be, else refused as the RFC says', async () => {
    const output = await uclient(['-y', '-c', '-g']);
    if (transport === 'auto') expectNoLoss(output);
    else expect(output).toContain('error 420 (Unknown Attribute)');
  });
});

function expectNoLoss(output: string, clients = 2): void {
  expect(output).toMatch(/Total lost packets 0 \(0\.0+%\), total send dropped 0/);
  const sent = [...output.matchAll(/tot_send_msgs=(\d+), tot_recv_msgs=(\d+)/g)].at(-1)!;
  expect(Number(sent[1])).toBeGreaterThanOrEqual(clients * MESSAGES);
  expect(sent[2]).toBe(sent[1]);
}

describe.each(['auto', 'dgram'] as const)('behaviour discovery, %s transport', (transport) => {
  let server: TurnServer;
  let altPort: number;

  beforeAll(async () => {
    altPort = await freePort();
    server = await startOurs({ transport, altIp: '127.0.0.2', altPort });
  });
  afterAll(() => server.close());

  test('RFC 5780: mapping and filtering', async () => {
    const output = await run('turnutils_natdiscovery', ['-m', '-f', '-p', String(server.port), '127.0.0.1']);
    expect(output).toContain('NAT with Endpoint Independent Mapping!');
    expect(output).toContain('NAT with Endpoint Independent Filtering!');
    expect(output).toContain(`Other addr: : 127.0.0.2:${altPort}`);
  });

  test('turnutils_stunclient finds the second address', async () => {
    const output = await run('turnutils_stunclient', ['-f', '-p', String(server.port), '127.0.0.1']);
    expect(output).toContain(`Other addr: : 127.0.0.2:${altPort}`);
    expect(output).toMatch(/UDP reflexive addr: 127\.0\.0\.1:\d+/);
  });
});
