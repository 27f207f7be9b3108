/** Which addresses and ports the server listens on, and whether they are free. */
import { createSocket } from 'node:dgram';
import { address, formatIp, parseIp, sameIp, type Address } from '../stun/address.ts';
import { reachableAddresses, withoutRepeats } from './addresses.ts';
import type { TurnConfig } from './start.ts';
import { TurnStartError } from './start-error.ts';
import type { Listening } from './worker-messages.ts';

const DEFAULT_PORT = 3478;

export interface Endpoints {
  readonly ips: readonly Uint8Array[];
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly udp: readonly Address[];
}

export async function chooseEndpoints(config: TurnConfig, absent: readonly Uint8Array[]): Promise<Endpoints> {
  const altIps = config.altIp === undefined ? [] : ips('STUN_ALT_IP', [config.altIp]);
  const named = config.hosts ? ips('HOST', config.hosts) : reachableAddresses();
  const all = withoutRepeats([...named, ...altIps]).filter((ip) => !absent.some((gone) => sameIp(gone, ip)));
  const port = config.port === 0 ? await freePort(all[0]!) : (config.port ?? DEFAULT_PORT);
  const tlsPort = config.tlsPort === 0 ? await freePort(all[0]!) : config.tlsPort;
  const altPort = config.altPort === 0 ? await freePort(all[0]!) : config.altPort;
  const ports = altPort === undefined ? [port] : [port, altPort];
  const udp = ports.flatMap((p) => all.map((ip) => address(ip, p)));
  return { ips: all, port, tlsPort, udp };
}

/** A port that UDP has free now. Another process may take it before we do: the caller then asks again. */
function freePort(ip: Uint8Array): Promise<number> {
  return bindOnce(address(ip, 0));
}

/** Binds a UDP socket for a moment, and says which port it had. */
function bindOnce(at: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: at.family === 4 ? 'udp4' : 'udp6', ipv6Only: at.family === 6 });
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ port: at.port, address: formatIp(at.ip), exclusive: true }, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Threads share their port, and so could another program: that the port is free must be asked beforehand. */
export async function assertFree(endpoints: Endpoints): Promise<void> {
  for (const at of endpoints.udp) {
    try {
      await bindOnce(at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      throw startError(code, { kind: 'udp', address: at }, endpoints);
    }
  }
}

export function startError(code: string, listening: Listening, endpoints: Endpoints): TurnStartError {
  const { kind, address: at } = listening;
  const setting =
    kind === 'tls' ? 'TURN_TLS_PORT' : at.port === endpoints.port ? 'TURN_PORT' : 'STUN_ALT_PORT';
  return TurnStartError.fromSystem(code, setting, kind.toUpperCase(), at);
}

export function ips(setting: string, texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => {
    const ip = parseIp(text);
    if (!ip) throw new TurnStartError('invalid', `${setting}: "${text}" is not an IP address.`);
    return ip;
  });
}
