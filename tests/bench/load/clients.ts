/** The pages of a load run, all in one process: they connect, answer pings, and time what they are told to. */
import { WebSocket } from 'ws';

export interface Page {
  readonly cookie: string;
  readonly userId: string;
  readonly deviceId: string;
}
export type Task =
  | {
      readonly do: 'connect';
      readonly url: string;
      readonly pages: readonly Page[];
      readonly welcome: boolean;
    }
  | { readonly do: 'presence'; readonly star: number; readonly buddies: number; readonly rounds: number }
  | {
      readonly do: 'relay';
      readonly pairs: readonly (readonly [number, number])[];
      readonly seconds: number;
    };
export interface Done {
  /** Milliseconds: each connection until its welcome, each presence until it was shown, each relayed message. */
  readonly times: number[];
  readonly seconds: number;
  readonly failures: number;
}

const AT_ONCE = 50;
const BODY = Buffer.alloc(300).toString('base64');

interface Connected {
  readonly socket: WebSocket;
  readonly page: Page;
  /** Looks at every message but pings. */
  watch: (text: string) => void;
}
let all: Connected[] = [];

async function connect({ url, pages, welcome }: Extract<Task, { do: 'connect' }>): Promise<Done> {
  for (const { socket } of all) socket.terminate();
  const [times, started]: [number[], number] = [[], performance.now()];
  let failures = 0;
  const made: (Connected | undefined)[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < pages.length; index = next++) {
      const [page, from] = [pages[index] as Page, performance.now()];
      const one = await open(url, page, welcome);
      if (one === null) failures++;
      else made[index] = one;
      times.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  all = made.flatMap((one) => (one === undefined ? [] : [one]));
  return { times, seconds: (performance.now() - started) / 1000, failures };
}

function open(url: string, page: Page, welcome: boolean): Promise<Connected | null> {
  return new Promise((resolve) => {
    const address = `${url.replace('http', 'ws')}/api/socket?v=1`;
    const socket = new WebSocket(address, {
      headers: { cookie: page.cookie, origin: url },
      perMessageDeflate: false,
    });
    const one: Connected = { socket, page, watch: () => {} };
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(null));
    socket.on('open', () => {
      if (!welcome) resolve(one);
    });
    socket.on('message', (data: Buffer) => {
      const text = data.toString('utf8');
      if (text === '{"type":"ping"}') socket.send('{"type":"pong"}');
      else if (text.startsWith('{"type":"welcome"')) resolve(one);
      else one.watch(text);
    });
  });
}

/** How long after the star's change each buddy's page has it. */
async function presence({ star, buddies, rounds }: Extract<Task, { do: 'presence' }>): Promise<Done> {
  const times: number[] = [];
  const watchers = all.slice(star + 1, star + 1 + buddies);
  const begin = performance.now();
  for (let round = 0; round < rounds; round++) {
    const chosen = round % 2 === 0 ? 'busy' : 'online';
    const started = performance.now();
    const shown = watchers.map(
      (one) =>
        new Promise<void>((resolve) => {
          one.watch = (text) => {
            if (!text.startsWith('{"type":"presence"') || !text.includes(`"state":"${chosen}"`)) return;
            times.push(performance.now() - started);
            resolve();
          };
        }),
    );
    all[star]?.socket.send(JSON.stringify({ type: 'set-presence', chosen }));
    await Promise.all(shown);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  for (const one of watchers) one.watch = () => {};
  return { times, seconds: (performance.now() - begin) / 1000, failures: 0 };
}

/** Each sender sends its next message when the one before has reached the other page. */
async function relay({ pairs, seconds }: Extract<Task, { do: 'relay' }>): Promise<Done> {
  const times: number[] = [];
  let failures = 0;
  const begin = performance.now();
  const end = begin + seconds * 1000;
  await Promise.all(
    pairs.map(
      ([a, b]) =>
        new Promise<void>((resolve) => {
          const [from, to] = [all[a], all[b]];
          if (from === undefined || to === undefined) throw new Error('not connected');
          let ref = 0;
          let sentAt = 0;
          const { userId, deviceId } = to.page;
          const send = () => {
            sentAt = performance.now();
            if (sentAt > end) resolve();
            else
              from.socket.send(
                JSON.stringify({ type: 'relay', ref: ref++, to: { userId, deviceId }, body: BODY }),
              );
          };
          to.watch = (text) => {
            if (!text.startsWith('{"type":"relay"')) return;
            times.push(performance.now() - sentAt);
            send();
          };
          from.watch = (text) => {
            if (!text.startsWith('{"type":"error"')) return;
            failures++;
            send();
          };
          send();
        }),
    ),
  );
  return { times, seconds: (performance.now() - begin) / 1000, failures };
}

async function perform(task: Task): Promise<void> {
  const done = await (task.do === 'connect'
    ? connect(task)
    : task.do === 'presence'
      ? presence(task)
      : relay(task));
  process.send?.(done);
}

process.on('message', (task: Task) => void perform(task));
