/** A page's side of API and socket, for tests: registers with real OPAQUE, keeps the cookie, collects what the socket says. */
import * as opaque from '@serenity-kit/opaque';
import { WebSocket } from 'ws';
import type { ErrorBody } from '../../../signaling/protocol/errors.ts';
import type { Me } from '../../../signaling/protocol/http.ts';
import type { ClientMessage, ServerMessage } from '../../../signaling/protocol/socket.ts';
import { PROTOCOL_HEADER, PROTOCOL_VERSION, SOCKET_PATH } from '../../../signaling/protocol/version.ts';

export const DEVICE = { name: 'Test on Linux', clientVersion: '0.1.0' };
export const PASSWORD = 'correct horse battery staple';
/**
 * Of the password, by the page alone: the server sees nothing of it. As pages do it (`memory-constrained`), each
 * registration and log-in would cost 250 ms of computing.
 */
export const STRETCHING = { 'argon2id-custom': { memory: 8, iterations: 1, parallelism: 1 } };

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** One browser: at most one session. */
export class Browser {
  cookie = '';
  origin: string;

  constructor(readonly url: string) {
    this.origin = url;
  }

  async call<T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        [PROTOCOL_HEADER]: String(PROTOCOL_VERSION),
        ...(this.cookie !== '' && { cookie: this.cookie }),
        ...(method !== 'GET' && { origin: this.origin }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const set = response.headers.getSetCookie()[0];
    if (set !== undefined) this.cookie = /Max-Age=0/.test(set) ? '' : (set.split(';')[0] ?? '');
    const text = await response.text();
    const parsed: unknown = text === '' ? null : JSON.parse(text);
    return { status: response.status, body: parsed as T, headers: response.headers };
  }

  /** As `call`, and fails unless it is answered with 2xx. */
  async must<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  async register(userName: string, password = PASSWORD, more: object = {}): Promise<Answer<Me & ErrorBody>> {
    await opaque.ready;
    const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password });
    const start = await this.call<{ registrationResponse: string } & Me & ErrorBody>(
      'POST',
      '/api/auth/register/start',
      { userName, registrationRequest, ...more },
    );
    if (start.status !== 200) return start;
    const { registrationRecord } = opaque.client.finishRegistration({
      password,
      clientRegistrationState,
      registrationResponse: start.body.registrationResponse,
      keyStretching: STRETCHING,
    });
    const form = { userName, displayName: userName, registrationRecord, device: DEVICE, ...more };
    return this.call<Me & ErrorBody>('POST', '/api/auth/register/finish', form);
  }

  /** Null when the client itself sees that the password is wrong. */
  async proof(
    userName: string,
    password = PASSWORD,
  ): Promise<{ loginId: string; finishLoginRequest: string } | null> {
    await opaque.ready;
    const { clientLoginState, startLoginRequest } = opaque.client.startLogin({ password });
    const start = await this.must<{ loginId: string; loginResponse: string }>(
      'POST',
      '/api/auth/login/start',
      {
        userName,
        startLoginRequest,
      },
    );
    const finished = opaque.client.finishLogin({
      password,
      clientLoginState,
      loginResponse: start.loginResponse,
      keyStretching: STRETCHING,
    });
    return finished === undefined
      ? null
      : { loginId: start.loginId, finishLoginRequest: finished.finishLoginRequest };
  }

  async logIn(userName: string, password = PASSWORD): Promise<Answer<Me & ErrorBody> | null> {
    const proof = await this.proof(userName, password);
    return proof === null
      ? null
      : this.call<Me & ErrorBody>('POST', '/api/auth/login/finish', { ...proof, device: DEVICE });
  }

  socket(query = `?v=${PROTOCOL_VERSION}`): TestSocket {
    const address = `${this.url.replace(/^http/, 'ws')}${SOCKET_PATH}${query}`;
    return new TestSocket(
      new WebSocket(address, {
        headers: { ...(this.cookie !== '' && { cookie: this.cookie }), origin: this.origin },
        rejectUnauthorized: false,
      }),
    );
  }
}

type Of<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;
const PATIENCE_MS = 20_000;

/** Answers pings; keeps everything else for `next`. */
export class TestSocket {
  readonly seen: ServerMessage[] = [];
  readonly closed: Promise<number>;
  answersPings = true;
  private readonly waiting = new Set<() => void>();

  constructor(readonly raw: WebSocket) {
    this.closed = new Promise((resolve) => {
      raw.on('close', (code) => resolve(code));
      raw.on('error', () => raw.terminate());
    });
    raw.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as ServerMessage;
      if (message.type === 'ping') {
        if (this.answersPings) this.send({ type: 'pong' });
        return;
      }
      this.seen.push(message);
      for (const look of this.waiting) look();
    });
  }

  send(message: ClientMessage): void {
    this.raw.send(JSON.stringify(message));
  }

  /** Takes the first message of this type that `fits` out of what came or will come. */
  next<T extends ServerMessage['type']>(
    type: T,
    fits: (message: Of<T>) => boolean = () => true,
  ): Promise<Of<T>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`No ${type} came; there were: ${JSON.stringify(this.seen).slice(0, 2000)}`));
      }, PATIENCE_MS);
      const look = () => {
        const index = this.seen.findIndex((message) => message.type === type && fits(message as Of<T>));
        if (index < 0) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        const [found] = this.seen.splice(index, 1);
        resolve(found as Of<T>);
      };
      this.waiting.add(look);
      look();
    });
  }

  async close(code = 1000): Promise<void> {
    this.raw.close(code);
    await this.closed;
  }
}

/** Of a refusal; undefined for anything else, also for no answer at all. */
export const codeOf = (answer: { readonly body: unknown } | null) =>
  (answer?.body as ErrorBody | null | undefined)?.error?.code;
