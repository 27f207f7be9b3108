/** Makes TURN requests as a client does, and talks to a `TurnWorld` with them. */
import { randomBytes } from 'node:crypto';
import { Attr, Class, MAGIC_COOKIE, Method, PasswordAlgorithm } from '../../turn/stun/constants.ts';
import { longTermKey, type IntegrityKind } from '../../turn/stun/integrity.ts';
import { parseMessage, type StunMessage } from '../../turn/stun/message.ts';
import { MessageWriter } from '../../turn/stun/writer.ts';
import { at, type FakeClient, type FakeRelay, type TurnWorld } from './turn-world.ts';

export type Fill = (writer: MessageWriter) => void;

export interface Signer {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly key: Uint8Array;
  readonly kind: IntegrityKind;
  /** Written before the integrity, for SHA-256's negotiation. */
  readonly extra?: Fill;
}

export function newId(): Uint8Array {
  const id = randomBytes(16);
  id.writeUInt32BE(MAGIC_COOKIE, 0);
  return id;
}

export function request(
  method: number,
  fill: Fill = () => undefined,
  signer?: Signer,
  id = newId(),
): Uint8Array {
  const writer = new MessageWriter(method, Class.request, id);
  fill(writer);
  if (signer) {
    writer.text(Attr.username, signer.username).text(Attr.realm, signer.realm).text(Attr.nonce, signer.nonce);
    signer.extra?.(writer);
    writer.integrity(signer.kind, signer.key);
  }
  return writer.bytes().slice();
}

export function indication(fill: Fill): Uint8Array {
  const writer = new MessageWriter(Method.send, Class.indication, newId());
  fill(writer);
  return writer.bytes().slice();
}

export const udpTransport: Fill = (w) =>
  void w.attribute(Attr.requestedTransport, Uint8Array.of(17, 0, 0, 0));

export function channelNumber(number: number): Uint8Array {
  return Uint8Array.of(number >> 8, number & 255, 0, 0);
}

export function channelData(number: number, data: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([number >> 8, number & 255, data.length >> 8, data.length & 255]), data]);
}

export function signerFrom(
  challenge: StunMessage,
  credential: { username: string; credential: string },
  kind: IntegrityKind = 'sha1',
): Signer {
  const realm = challenge.text(Attr.realm) ?? '';
  const nonce = challenge.text(Attr.nonce) ?? '';
  const algorithm = kind === 'sha1' ? PasswordAlgorithm.md5 : PasswordAlgorithm.sha256;
  const key = longTermKey(algorithm, credential.username, realm, credential.credential);
  const offered = challenge.get(Attr.passwordAlgorithms)?.slice();
  const negotiate: Fill = (w) =>
    void w
      .attribute(Attr.passwordAlgorithms, offered ?? new Uint8Array(0))
      .attribute(Attr.passwordAlgorithm, Uint8Array.of(0, algorithm, 0, 0));
  return {
    username: credential.username,
    realm,
    nonce,
    key,
    kind,
    ...(kind === 'sha256' && { extra: negotiate }),
  };
}

export function errorCode(message: StunMessage | undefined): number | undefined {
  const value = message?.get(Attr.errorCode);
  return value && value[2]! * 100 + value[3]!;
}

/** A client of a `TurnWorld`: each request is answered at once, or not at all. */
export class WorldClient {
  readonly world: TurnWorld;
  readonly path: FakeClient;
  signer: Signer | undefined;

  constructor(world: TurnWorld, where: string, protocol: 'udp' | 'tcp' | 'tls' = 'udp') {
    this.world = world;
    this.path = world.client(where, protocol);
  }

  raw(bytes: Uint8Array): StunMessage | undefined {
    this.path.received.length = 0;
    this.world.fromClient(this.path, bytes);
    const [answer] = this.path.received;
    return answer && parseMessage(answer);
  }

  ask(method: number, fill?: Fill, id?: Uint8Array): StunMessage | undefined {
    return this.raw(request(method, fill, this.signer, id));
  }

  /** Asks without credentials, and keeps what the challenge says. */
  logIn(credential = this.world.credential(), kind: IntegrityKind = 'sha1'): void {
    const challenge = this.raw(request(Method.allocate, udpTransport));
    if (!challenge) throw new Error('no challenge');
    this.signer = signerFrom(challenge, credential, kind);
  }

  allocate(more: Fill = () => undefined): StunMessage | undefined {
    if (!this.signer) this.logIn();
    return this.ask(Method.allocate, (w) => {
      udpTransport(w);
      more(w);
    });
  }

  /** Allocates and says on which relay; a test that needs one cannot go on without. */
  relay(more?: Fill): FakeRelay {
    const answer = this.allocate(more);
    const found = this.world.relays.find((r) => r.allocation && r.allocation === this.path.allocation);
    if (!found) throw new Error(`no allocation: ${errorCode(answer)}`);
    return found;
  }

  permit(...peers: string[]): StunMessage | undefined {
    return this.ask(Method.createPermission, (w) => {
      for (const peer of peers) w.xorAddress(Attr.xorPeerAddress, at(peer));
    });
  }

  bind(number: number, peer: string): StunMessage | undefined {
    return this.ask(Method.channelBind, (w) => {
      w.attribute(Attr.channelNumber, channelNumber(number)).xorAddress(Attr.xorPeerAddress, at(peer));
    });
  }

  send(peer: string, data: Uint8Array, more: Fill = () => undefined): void {
    this.world.fromClient(
      this.path,
      indication((w) => {
        w.xorAddress(Attr.xorPeerAddress, at(peer)).attribute(Attr.data, data);
        more(w);
      }),
    );
  }

  refresh(lifetime?: number): StunMessage | undefined {
    return this.ask(Method.refresh, (w) => {
      if (lifetime !== undefined) w.uint32(Attr.lifetime, lifetime);
    });
  }
}
