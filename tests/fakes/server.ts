/** A server for unit tests that knows guests, friends, presence, signals and relaying, by the real protocol. */
import * as v from 'valibot';
import type { Contact, Me } from '../../signaling/protocol/http.ts';
import { clientMessageSchema } from '../../signaling/protocol/socket.ts';
import type { ClientMessage, ServerMessage } from '../../signaling/protocol/socket.ts';
import type { PlatformSocket } from '../../web/core/platform.ts';
import type { Devices, Named, Withheld } from './engine.ts';
import { createFakeGroupServer } from './group-server.ts';
import type { FakeGroupServer } from './group-server.ts';
import type { FakeTime } from './time.ts';

export interface FakeServer {
  /** People whose names are given are all friends of each other. */
  connect(cookie: string | null, online: boolean): PlatformSocket;
  fetch(
    path: string,
    init: RequestInit,
    cookie: string | null,
  ): Promise<{ response: Response; cookie?: string | null }>;
  /** Ends the sockets of this cookie without a word, as a pulled cable does; the server notices at once. */
  cut(cookie: string | null): void;
  /** Closes all sockets with this code; while `up` is false none can be opened. */
  restart(code: number): void;
  setUp(up: boolean): void;
  /** Of all relayed bodies. */
  readonly relayed: { readonly from: string; readonly body: string }[];
  /** Decides about each relayed message: `lose` accepts and forgets it. */
  relay: (count: number) => 'deliver' | 'lose';
  /** All that was put into mailboxes. */
  readonly mailed: { readonly deviceId: string; readonly body: string }[];
  /** Devices whose mailboxes are full. */
  readonly full: Set<string>;
  /** Devices with keys. */
  readonly devices: Devices;
  readonly withheld: Withheld;
  readonly named: Named;
  readonly groups: FakeGroupServer;
  /** How many sockets are open for this person. */
  sockets(name: string): number;
  readonly idsOf: (name: string) => { userId: string; deviceId: string };
}

type MailItem = Extract<ServerMessage, { type: 'mail-page' }>['items'][number];

interface Connection {
  /** Has been handed all that waited: what comes is pushed. */
  current: boolean;
  readonly me: Me;
  readonly socket: PlatformSocket;
  readonly deliver: (message: ServerMessage) => void;
  end(code: number): void;
}

const NONE_MISSING = { missing: false };

const idOf = (text: string): string => text.padEnd(22, '0');

export function createFakeServer(time: FakeTime): FakeServer {
  const people = new Map<string, Me>();
  const connections = new Set<Connection>();
  const boxes = new Map<string, MailItem[]>();
  const groups = createFakeGroupServer();
  groups.now = () => time.clock.now();
  groups.onChange = (id, revision, members) => {
    for (const userId of members) {
      const left = !groups.groups.get(id)?.state.members.some((member) => member.id === userId);
      for (const { deliver } of present(userId))
        deliver({ type: 'group-changed', group: { id, revision, left, ...NONE_MISSING } });
    }
  };
  let mails = 0;
  let up = true;
  let relays = 0;

  const present = (userId: string) => [...connections].filter(({ me }) => me.id === userId);
  const presenceOf = (userId: string) => {
    const devices = [...new Set(present(userId).map(({ me }) => me.deviceId))];
    return {
      state: devices.length > 0 ? 'online' : 'offline',
      statusText: '',
      lastSeen: null,
      devices,
    } as const;
  };
  const contactsOf = (me: Me): Contact[] =>
    [...people.values()]
      .filter(({ id }) => id !== me.id)
      .map((other) => ({
        id: other.id,
        userName: other.userName,
        displayName: other.displayName,
        kind: 'account',
        alias: '',
        since: 0,
        presence: presenceOf(other.id),
      }));

  const groupsOf = (userId: string) =>
    [...groups.groups.values()]
      .filter(({ state, left }) => left.has(userId) || state.members.some(({ id }) => id === userId))
      .map(({ state: { id, revision }, left }) => ({
        id,
        revision: left.get(userId) ?? revision,
        left: left.has(userId),
        ...NONE_MISSING,
      }));

  async function answerGroups(me: Me, path: string, init: RequestInit): Promise<Response> {
    const asked = groups.serverFor(me.id);
    const body = JSON.parse((init.body as string | undefined) ?? '{}') as never;
    const [, , , id = '', part, after] = path.split('/');
    const answer = await (path === '/api/groups'
      ? asked.found(body)
      : part === undefined
        ? asked.group(id)
        : part === 'look'
          ? asked.look(id, '')
          : after === undefined
            ? asked.append(id, body)
            : asked.log(id, Number(after)));
    return answer.ok ? json(200, answer.value) : refuse(400, answer.failure.code);
  }

  function tellFriends(me: Me): void {
    for (const other of connections) {
      if (other.me.id !== me.id)
        other.deliver({ type: 'presence', userId: me.id, presence: presenceOf(me.id) });
    }
  }

  function received(connection: Connection, message: ClientMessage): void {
    const box = boxOf(connection.me.deviceId);
    if (message.type === 'mail') mail(connection, message);
    if (message.type === 'mail-next') {
      connection.current = true;
      connection.deliver({ type: 'mail-page', ref: message.ref, items: [...box], more: false });
    }
    if (message.type === 'mail-ack') {
      for (const id of message.ids) {
        const at = box.findIndex((item) => item.id === id);
        if (at >= 0) box.splice(at, 1);
      }
    }
    if (message.type !== 'relay' && message.type !== 'signal') return;
    const target = present(message.to.userId).find(({ me }) => me.deviceId === message.to.deviceId);
    const from = { userId: connection.me.id, deviceId: connection.me.deviceId };
    if (!target) {
      connection.deliver({ type: 'error', ref: message.ref, code: 'peer-offline' });
      return;
    }
    connection.deliver({ type: 'accepted', ref: message.ref });
    if (message.type === 'signal') {
      target.deliver({ type: 'signal', from, linkId: message.linkId, body: message.body });
      return;
    }
    server.relayed.push({ from: connection.me.displayName, body: message.body });
    if (server.relay((relays += 1)) === 'deliver')
      target.deliver({ type: 'relay', from, body: message.body });
  }

  function boxOf(deviceId: string): MailItem[] {
    const box = boxes.get(deviceId) ?? [];
    boxes.set(deviceId, box);
    return box;
  }

  function mail({ me, deliver }: Connection, message: Extract<ClientMessage, { type: 'mail' }>): void {
    const refused = message.parcels.flatMap(({ to }) =>
      to.filter(({ deviceId }) => server.full.has(deviceId)),
    );
    for (const { to, body } of message.parcels) {
      for (const { userId, deviceId } of to.filter((each) => !server.full.has(each.deviceId))) {
        const from = { userId: me.id, deviceId: me.deviceId };
        const item = { id: String((mails += 1)), from, at: time.clock.now(), body };
        boxOf(deviceId).push(item);
        server.mailed.push({ deviceId, body });
        const target = present(userId).find((each) => each.current && each.me.deviceId === deviceId);
        target?.deliver({ type: 'mail-page', items: [item], more: false });
      }
    }
    deliver({
      type: 'mailed',
      ref: message.ref,
      refused: refused.map((to) => ({ to, code: 'mailbox-full' })),
    });
  }

  function connect(cookie: string | null, online: boolean): PlatformSocket {
    let open = true;
    const me = people.get(cookie ?? '');
    const end = (code: number): void => {
      if (!open) return;
      open = false;
      connections.delete(connection);
      if (me) tellFriends(me);
      setImmediate(() => socket.onclose?.({ code }));
    };
    const socket: PlatformSocket = {
      onmessage: null,
      onclose: null,
      send(text) {
        if (open) received(connection, v.parse(clientMessageSchema, JSON.parse(text)));
      },
      close: (code) => end(code ?? 1005),
    };
    const connection: Connection = {
      current: false,
      me: me!,
      socket,
      deliver: (message) => {
        const text = JSON.stringify(message);
        setImmediate(() => open && socket.onmessage?.({ data: text }));
      },
      end,
    };
    setImmediate(() => {
      if (!me || !up || !online) {
        end(1006);
        return;
      }
      connections.add(connection);
      const list = { contacts: contactsOf(me), incoming: [], outgoing: [], blocked: [] };
      const versions = Object.fromEntries([...people.values()].map(({ id }) => [id, 1]));
      const keys = { own: { oneTimeKeys: 0, fallbackUsed: true }, versions };
      connection.deliver({
        type: 'welcome',
        serverVersion: '0',
        serverTime: time.clock.now(),
        me,
        list,
        keys,
        groups: groupsOf(me.id),
        reachable: {},
      });
      tellFriends(me);
      ping(connection);
    });
    return socket;
  }

  function ping(connection: Connection): void {
    if (!connections.has(connection)) return;
    connection.deliver({ type: 'ping' });
    time.timers.after(5_000, () => ping(connection));
  }

  const json = (status: number, body: unknown): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  const refuse = (status: number, code: string): Response => json(status, { error: { code, message: code } });

  const server: FakeServer = {
    relayed: [],
    mailed: [],
    full: new Set(),
    devices: new Map(),
    withheld: { from: new Set(), tell: new Set() },
    named: new Map(),
    groups,
    relay: () => 'deliver',
    connect,
    fetch(path, init, cookie) {
      if (!up) return Promise.reject(new TypeError('refused'));
      const me = people.get(cookie ?? '');
      if (path === '/api/guest') {
        const { displayName } = JSON.parse(init.body as string) as { displayName: string };
        const entered: Me = {
          id: idOf(displayName),
          userName: null,
          displayName,
          kind: 'guest',
          deviceId: idOf(`${displayName}-device`),
          presence: 'online',
          statusText: '',
        };
        people.set(displayName, entered);
        groups.people.set(entered.id, { id: entered.id, userName: null, displayName });
        return Promise.resolve({ response: json(200, entered), cookie: displayName });
      }
      if (!me) return Promise.resolve({ response: refuse(401, 'unauthenticated') });
      if (path === '/api/me') return Promise.resolve({ response: json(200, me) });
      if (path === '/api/auth/logout') {
        for (const each of present(me.id)) each.end(4401);
        return Promise.resolve({ response: new Response(null, { status: 204 }), cookie: null });
      }
      if (path.startsWith('/api/groups'))
        return answerGroups(me, path, init).then((response) => ({ response }));
      return Promise.resolve({ response: refuse(404, 'not-found') });
    },
    cut(cookie) {
      for (const connection of connections) if (connection.me.displayName === cookie) connection.end(1006);
    },
    restart(code) {
      for (const connection of connections) connection.end(code);
    },
    setUp: (next) => (up = next),
    sockets: (name) => present(idOf(name)).length,
    idsOf: (name) => ({ userId: idOf(name), deviceId: idOf(`${name}-device`) }),
  };
  return server;
}
