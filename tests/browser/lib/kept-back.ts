/** Learns from a real page what it must keep to itself: keys, what it seals, and what its connections are known by. */
import type { BrowserContext } from 'playwright-core';
import type { Secret } from './leaks.ts';

declare global {
  interface Window {
    hollerTestKept(name: string, base64: string): Promise<void>;
  }
}

const MISSED = 'not learned:';

interface Call {
  readonly args: readonly unknown[];
  readonly done: unknown;
  readonly self: object;
}

/** To be called before the page loads. The page's functions are wrapped by the test, not by the product. */
export async function learnSecrets(
  context: BrowserContext,
  whose: string,
  learn: (secret: Secret) => void,
  onMissed: (what: string) => void,
): Promise<void> {
  // A secret that was not learned would not be looked for.
  context.on('console', (message) => {
    if (message.text().startsWith(MISSED)) onMissed(`${whose}: ${message.text()}`);
  });
  await context.exposeBinding('hollerTestKept', (_source, name: string, base64: string) =>
    learn({ name: `${whose} ${name}`, bytes: Buffer.from(base64, 'base64') }),
  );
  await context.addInitScript((missed) => {
    const bytesOf = (data: BufferSource): Uint8Array =>
      ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data);
    const tell = (name: string, data: Uint8Array): void => {
      window
        .hollerTestKept(name, btoa(String.fromCharCode(...data)))
        .catch((error: unknown) => console.error(`${missed} ${name}`, error));
    };
    const tellText = (name: string, text: string): void => tell(name, new TextEncoder().encode(text));

    /** `look` sees what the method was given and what came of it. */
    const watch = (proto: object, name: string, look: (call: Call) => void): void => {
      const real = Reflect.get(proto, name) as (this: object, ...args: unknown[]) => Promise<unknown>;
      Reflect.set(proto, name, async function (this: object, ...args: unknown[]) {
        const done = await real.apply(this, args);
        look({ args, done, self: this });
        return done;
      });
    };

    const secret = new Set(['AES-GCM', 'HKDF', 'HMAC', 'PBKDF2']);
    const privateOf = (pkcs8: unknown) => bytesOf(pkcs8 as ArrayBuffer).slice(-32);
    watch(SubtleCrypto.prototype, 'importKey', ({ args: [format, data, how] }) => {
      const kind = typeof how === 'string' ? how : (how as Algorithm).name;
      if (format === 'raw' && secret.has(kind)) tell(`key for ${kind}`, bytesOf(data as BufferSource));
      if (format === 'pkcs8') tell('signing key', privateOf(data));
    });
    watch(SubtleCrypto.prototype, 'exportKey', ({ args: [format], done }) => {
      if (format === 'pkcs8') tell('signing key', privateOf(done));
    });
    watch(SubtleCrypto.prototype, 'encrypt', ({ args: [, , data] }) => {
      const plain = bytesOf(data as BufferSource);
      if (plain.length >= 16) tell('sealed text', plain.slice(0, 96));
      const text = plain.length < 1024 ? String.fromCharCode(...plain) : '';
      const seeds = /^\{"master":"(.+)","selfSigning":"(.+)","userSigning":"(.+)"\}$/.exec(text)?.slice(1);
      for (const seed of seeds ?? [])
        tell(
          'identity key',
          Uint8Array.from(atob(seed), (unit) => unit.charCodeAt(0)),
        );
    });

    watch(RTCPeerConnection.prototype, 'setLocalDescription', ({ self }) => {
      const peer = self as RTCPeerConnection;
      peer.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate?.candidate) tellText('candidate', candidate.candidate);
      });
      const sdp = peer.localDescription?.sdp ?? '';
      // A name in ICE has four characters, which by themselves are found anywhere.
      for (const [line] of sdp.matchAll(/^a=ice-ufrag:\S+/gm)) tellText('name in ICE', line);
      for (const [, word = ''] of sdp.matchAll(/^a=ice-pwd:(\S+)/gm)) tellText('password in ICE', word);
      for (const [, print = ''] of sdp.matchAll(/^a=fingerprint:sha-256 (\S+)/gm)) {
        tellText('fingerprint', print);
        tell(
          'fingerprint',
          Uint8Array.from(print.split(':'), (byte) => Number.parseInt(byte, 16)),
        );
      }
    });
  }, MISSED);
}
