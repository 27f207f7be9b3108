/** Between one browser and the real server: honest until told how to betray. */
import type { BrowserContext, Route, WebSocketRoute } from 'playwright-core';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { ClientMessage, ServerMessage } from '../../../signaling/protocol/socket.ts';
import { type Claim, createKeyWorld, type KeyWorld, type Query } from '../../fakes/key-world.ts';

type Told = Partial<ServerMessage> & { readonly type: string };

export interface HostileServer {
  /** To be called before the page loads; one page at a time. */
  standBefore(context: BrowserContext): Promise<void>;
  /** What the page is told in place of this message. Null: honest. */
  onToPage(change: ((message: ServerMessage) => readonly Told[]) | null): void;
  /** What of the page's the server takes. Null: all. */
  onToServer(takes: ((message: ClientMessage) => boolean) | null): void;
  /** How questions for keys are answered. Null: honest. Whose keys are said to have changed is asked about again. */
  onQuery(about: string, change: ((answer: Query, user: string) => Query) | null): void;
  /** How those are answered who ask for one-time keys. Null: honest. */
  onClaim(change: ((answer: Claim) => Claim) | null): void;
  /** A person with an identity and a device, none of whose keys are known to anybody. */
  impostor(userId: string, device: string): Promise<KeyWorld>;
  tell(message: Told): void;
  /** What a modified page would send. */
  ask(message: ClientMessage): void;
  /** What the page sent since it loaded. */
  readonly sent: ClientMessage[];
  end(): void;
}

export function hostileServer(): HostileServer {
  const sent: ClientMessage[] = [];
  const worlds: KeyWorld[] = [];
  let toPage: ((message: ServerMessage) => readonly Told[]) | null = null;
  let takes: ((message: ClientMessage) => boolean) | null = null;
  let claimed: ((answer: Claim) => Claim) | null = null;
  let lie: { readonly about: string; readonly answer: (honest: Query) => Query } | null = null;
  /** Of people's keys, as the server says. */
  const versions = new Map<string, number>();
  let socket: WebSocketRoute | null = null;
  let ask = (_message: ClientMessage): void => undefined;
  /** Pages ask again only for greater versions, so whatever is said after a lie is beyond it. */
  let lead = 0;
  const led = (theirs: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(theirs).map(([userId, version]) => [userId, version + lead]));

  function inStep(message: ServerMessage): ServerMessage {
    if (message.type === 'welcome') {
      for (const [userId, version] of Object.entries(message.keys.versions)) versions.set(userId, version);
      return { ...message, keys: { ...message.keys, versions: led(message.keys.versions) } };
    }
    if (message.type !== 'keys-changed') return message;
    versions.set(message.userId, message.version);
    return { ...message, version: message.version + lead };
  }

  const tell = (message: Told): void => socket?.send(JSON.stringify(message));

  async function answer(route: Route): Promise<void> {
    const response = await route.fetch();
    const honest = (await response.json()) as Query;
    for (const [userId, real] of Object.entries(honest.versions)) versions.set(userId, real);
    const answered = { ...honest, versions: led(honest.versions) };
    await route.fulfill({ response, json: lie?.answer(answered) ?? answered });
  }

  return {
    sent,
    tell,
    ask: (message) => ask(message),
    async standBefore(context) {
      await context.routeWebSocket(/./, (page) => {
        const server = page.connectToServer();
        socket = page;
        ask = (message) => server.send(JSON.stringify(message));
        sent.length = 0;
        page.onMessage((text) => {
          const message = JSON.parse(String(text)) as ClientMessage;
          sent.push(message);
          if (takes?.(message) ?? true) server.send(text);
        });
        server.onMessage((text) => {
          const message = inStep(JSON.parse(String(text)) as ServerMessage);
          for (const told of toPage?.(message) ?? [message]) tell(told);
        });
      });
      await context.route('**/api/keys/query', answer);
      await context.route('**/api/keys/claim', async (route) => {
        const response = await route.fetch();
        const honest = (await response.json()) as Claim;
        await route.fulfill({ response, json: claimed?.(honest) ?? honest });
      });
    },
    onToPage(change) {
      toPage = change;
    },
    onToServer(next) {
      takes = next;
    },
    onQuery(about, change) {
      lead += 1_000;
      const user = engineUserId(about);
      lie = change && {
        about,
        answer: (honest) => (user in honest.device_keys ? change(honest, user) : honest),
      };
      tell({ type: 'keys-changed', userId: about, version: (versions.get(about) ?? 0) + lead } as Told);
    },
    onClaim(change) {
      claimed = change;
    },
    async impostor(userId, device) {
      const world = createKeyWorld();
      worlds.push(world);
      await world.register(userId, device);
      return world;
    },
    end: () => worlds.forEach((world) => world.end()),
  };
}

/** The devices of a world in place of those that are there. */
export function devicesOf(world: KeyWorld): Query['device_keys'][string] {
  return Object.fromEntries([...world.devices].map(([deviceId, { keys }]) => [deviceId, keys]));
}

/** A person's identity, in the same person's name, in place of theirs. */
export function withIdentityOf(world: KeyWorld, userId: string): (answer: Query, user: string) => Query {
  const identity = world.identities.get(userId)!;
  return (answer, user) => ({
    ...answer,
    device_keys: { ...answer.device_keys, [user]: devicesOf(world) },
    master_keys: { ...answer.master_keys, [user]: identity.master_key },
    self_signing_keys: { ...answer.self_signing_keys, [user]: identity.self_signing_key },
  });
}
