/**
 * A port that is free now, on TCP and on UDP, and that no other test takes while this process lives. Outside of the range
 * from which systems give ports to whoever asks for any: in there somebody else could have it a moment later.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FIRST = 12_000;
const LAST = 31_999;
/** One file for each port in use, with the process that uses it. */
const folder = join(tmpdir(), 'holler-test-ports');
const reserved = new Set<string>();

export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (reserve(port) && (await onTcp(port)) && (await onUdp(port))) return port;
  }
}

function reserve(port: number): boolean {
  const file = join(folder, String(port));
  mkdirSync(folder, { recursive: true });
  if (isHeld(file)) return false;
  rmSync(file, { force: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    // Another process was quicker.
    return false;
  }
  if (reserved.size === 0)
    process.once('exit', () => reserved.forEach((each) => rmSync(each, { force: true })));
  reserved.add(file);
  return true;
}

/** By a process that still lives. */
function isHeld(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

async function onTcp(port: number): Promise<boolean> {
  const tcp = createServer();
  const listening = new Promise<boolean>((resolve) => {
    tcp.once('error', () => resolve(false));
    tcp.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!(await listening)) return false;
  tcp.close();
  await once(tcp, 'close');
  return true;
}

function onUdp(port: number): Promise<boolean> {
  const udp = createSocket('udp4');
  return new Promise((resolve) => {
    udp.once('error', () => resolve(false));
    udp.bind(port, '127.0.0.1', () => udp.close(() => resolve(true)));
  });
}
