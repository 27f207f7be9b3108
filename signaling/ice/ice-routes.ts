/** STUN/TURN addresses and credentials for one person, good for an hour. */
import { mintCredential } from '../../turn/credential.ts';
import { route, type Client, type Route } from '../http/route.ts';
import { ok } from '../outcome.ts';
import { iceServersSchema, type IceServers } from '../protocol/http.ts';

export interface IceSettings {
  /** Replaces the bundled server. */
  readonly urls: readonly string[] | undefined;
  /** 0: there is no bundled server. */
  readonly port: number;
  readonly tlsPort: number | undefined;
  /** The page's own port, when it is TLS and serves TURN, too: the one way out of strict networks. */
  readonly sharedPort: number | undefined;
  readonly secret: string;
  /** Host of PUBLIC_URL; without it the one that the page was loaded from. */
  readonly publicHost: string | undefined;
  readonly now: () => number;
}

const TTL_SECONDS = 3600;

export function iceRoutes(settings: IceSettings): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/ice-servers',
      summary: 'STUN/TURN servers with time-limited credentials',
      access: 'signed-in',
      answer: iceServersSchema,
      handle: ({ me, client }) => Promise.resolve(ok(iceServers(settings, me.id, client))),
    }),
  ];
}

function iceServers(settings: IceSettings, personId: string, client: Client): IceServers {
  const nowMs = settings.now();
  const urls = settings.urls ?? bundledUrls(settings, settings.publicHost ?? hostName(client.host));
  const stun = urls.filter((url) => url.startsWith('stun'));
  const turn = urls.filter((url) => url.startsWith('turn'));
  const minted = mintCredential({ secret: settings.secret, user: personId, ttlSeconds: TTL_SECONDS, nowMs });
  return {
    iceServers: [
      ...(stun.length > 0 ? [{ urls: stun }] : []),
      ...(turn.length > 0 ? [{ urls: turn, ...minted }] : []),
    ],
    expiresAt: nowMs + TTL_SECONDS * 1000,
  };
}

function bundledUrls({ port, tlsPort, sharedPort }: IceSettings, host: string): string[] {
  if (port === 0 || host === '') return [];
  const plain = [
    `stun:${host}:${port}`,
    `turn:${host}:${port}?transport=udp`,
    `turn:${host}:${port}?transport=tcp`,
  ];
  const secure = [tlsPort, sharedPort].filter((p) => p !== undefined && p !== 0);
  return [...plain, ...secure.map((p) => `turns:${host}:${p}?transport=tcp`)];
}

/** Without the port; an IPv6 address keeps its brackets, as ICE addresses want them. */
function hostName(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}
