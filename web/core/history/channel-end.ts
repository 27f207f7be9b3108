/** One end of the channel between two devices of a person: asks for history, and answers what the other end asks for. */
import * as v from 'valibot';
import type { Report, Timers } from '../platform.ts';
import type { HistoryAsk, HistoryList, HistoryPage } from '../wire/history.ts';
import { HISTORY_LIMITS, historyAskSchema, historyListSchema, historyPageSchema } from '../wire/history.ts';
import { jsonSchema } from '../wire/json.ts';
import { createJoin, framesOf } from './frames.ts';

/** The part of RTCDataChannel that is used. */
export type HistoryChannel = Pick<RTCDataChannel, 'readyState' | 'close'> &
  Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
    send(data: string | Uint8Array<ArrayBuffer>): void;
  };

/** The other device is there but does not answer. */
const PATIENCE = 30_000;
/** Questions that wait to be answered; our pages never have more than two. */
const WAITING_MAX = 8;

interface Needs {
  readonly channel: HistoryChannel;
  readonly timers: Timers;
  /** Null: the other device may not have it, or the storage refuses; it gets no answer. */
  readonly list: () => Promise<HistoryList | null>;
  readonly page: (conversation: string, before: string | null) => Promise<HistoryPage | null>;
  /** The other end has got so far. */
  readonly onProgress: (done: number, total: number) => void;
  readonly report: Report;
}

/** Null: the channel is closed, or what came is no answer. */
export interface ChannelEnd {
  list(): Promise<HistoryList | null>;
  page(conversation: string, before: string | null): Promise<HistoryPage | null>;
  tellProgress(done: number, total: number): void;
  /** Lets go of the channel; what still waits gets null. */
  end(): void;
}

const listText = jsonSchema(historyListSchema);
const pageText = jsonSchema(historyPageSchema);

export function createChannelEnd(needs: Needs): ChannelEnd {
  const { channel, timers } = needs;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const waiting: ((answer: string | null) => void)[] = [];
  const join = createJoin(HISTORY_LIMITS.pageBytes);
  let answering: Promise<unknown> = Promise.resolve();
  let toAnswer = 0;
  let cancelPatience = (): void => undefined;
  let ended = false;

  // --- Asking ----------------------------------------------------------------------------------------------------

  function send(ask: HistoryAsk): boolean {
    if (ended || channel.readyState !== 'open') return false;
    channel.send(JSON.stringify(ask));
    return true;
  }

  function ask(question: HistoryAsk): Promise<string | null> {
    return new Promise((resolve) => {
      if (!send(question) || ended) {
        resolve(null);
        return;
      }
      waiting.push(resolve);
      bePatient();
    });
  }

  function bePatient(): void {
    cancelPatience();
    if (waiting.length > 0) cancelPatience = timers.after(PATIENCE, end);
  }

  function take(frame: Uint8Array): void {
    const whole = join(frame);
    if (whole === 'malformed' || waiting.length === 0) {
      end();
      return;
    }
    if (whole !== 'more') waiting.shift()?.(decoder.decode(whole));
    bePatient();
  }

  async function asked<S extends v.GenericSchema>(
    schema: S,
    question: HistoryAsk,
  ): Promise<v.InferOutput<S> | null> {
    const text = await ask(question);
    const parsed = text === null ? null : v.safeParse(schema, text);
    return parsed?.success ? parsed.output : null;
  }

  // --- Answering -------------------------------------------------------------------------------------------------

  function hear(text: string): void {
    const parsed = v.safeParse(historyAskSchema, text);
    if (!parsed.success) return;
    const question = parsed.output;
    if (question.type === 'progress') {
      needs.onProgress(question.done, question.total);
      return;
    }
    if (toAnswer >= WAITING_MAX) {
      end();
      return;
    }
    toAnswer += 1;
    answering = answering
      .then(() => answer(question))
      .catch((error: unknown) => {
        // It is asked again over the next line.
        needs.report('handing out the history', error);
        end();
      })
      .finally(() => (toAnswer -= 1));
  }

  async function answer(question: Exclude<HistoryAsk, { type: 'progress' }>): Promise<void> {
    const found =
      question.type === 'list'
        ? await needs.list()
        : await needs.page(question.conversation, question.before);
    if (found === null || ended) return;
    for (const frame of framesOf(encoder.encode(JSON.stringify(found)))) {
      if (channel.readyState !== 'open') return;
      channel.send(frame);
    }
  }

  // --- The channel -----------------------------------------------------------------------------------------------

  function onMessage(event: Event): void {
    const data: unknown = event instanceof MessageEvent ? event.data : null;
    if (typeof data === 'string') hear(data);
    else if (data instanceof ArrayBuffer) take(new Uint8Array(data));
  }

  function end(): void {
    if (ended) return;
    ended = true;
    cancelPatience();
    channel.removeEventListener('message', onMessage);
    channel.removeEventListener('close', end);
    for (const give of waiting.splice(0)) give(null);
  }

  channel.addEventListener('message', onMessage);
  channel.addEventListener('close', end);

  return {
    list: () => asked(listText, { type: 'list' }),
    page: (conversation, before) => asked(pageText, { type: 'page', conversation, before }),
    tellProgress: (done, total) => void send({ type: 'progress', done, total }),
    end,
  };
}
