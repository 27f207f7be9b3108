/** Binding requests: RFC 8489, behaviour discovery (RFC 5780), and clients of RFC 3489 that know no magic cookie. */
import { address, sameIp, type Address } from '../stun/address.ts';
import { Attr, Class, Method } from '../stun/constants.ts';
import type { StunMessage } from '../stun/message.ts';
import { MessageWriter } from '../stun/writer.ts';
import type { ClientPath } from '../transport/transport.ts';
import type { Settings } from './settings.ts';

const CHANGE_IP = 4;
const CHANGE_PORT = 2;
const BASIC: readonly number[] = [
  Attr.username,
  Attr.messageIntegrity,
  Attr.messageIntegritySha256,
  Attr.userhash,
];
const DISCOVERY: readonly number[] = [Attr.changeRequest, Attr.padding, Attr.responsePort];
const CLASSIC: readonly number[] = [Attr.responseAddress, Attr.changeRequest];
const MAX_PADDING = 1500;

export interface BindingAnswer {
  readonly bytes: Uint8Array;
  /** Set when another of our addresses, or another port of the client's host, was asked for. */
  readonly from?: Address;
  readonly toPort?: number;
}

/** The address and port that differ from where the client is talking to, if the server has them. */
function alternatives(settings: Settings, at: Address): { ip?: Address; port?: Address; both?: Address } {
  const { alternate } = settings;
  if (!alternate) return {};
  const primaryPort = settings.listeners[0]!.port;
  const port = at.port === alternate.port ? primaryPort : alternate.port;
  const otherPort = address(at.ip, port);
  if (!alternate.ip || alternate.ip.length !== at.ip.length) return { port: otherPort };
  const primary = settings.plans.find(
    (p) => p.listening.length === at.ip.length && !sameIp(p.listening, alternate.ip!),
  );
  if (!primary) return { port: otherPort };
  const ip = sameIp(at.ip, alternate.ip) ? primary.listening : alternate.ip;
  return { port: otherPort, ip: address(ip, at.port), both: address(ip, port) };
}

export function answerBinding(settings: Settings, message: StunMessage, path: ClientPath): BindingAnswer {
  return message.classic ? classic(settings, message, path) : modern(settings, message, path);
}

function modern(settings: Settings, message: StunMessage, path: ClientPath): BindingAnswer {
  const others = alternatives(settings, path.server);
  const known = others.port && path.sendFrom ? [...BASIC, ...DISCOVERY] : BASIC;
  const change = changeFlags(message);
  const from = wanted(others, change);
  const unknown = message.unknown(new Set(known));
  if (change !== 0 && !from && unknown.length === 0) unknown.push(Attr.changeRequest);
  if (unknown.length > 0) return { bytes: unknownAttributes(message, unknown) };
  const writer = new MessageWriter(Method.binding, Class.success, message.id);
  writer.xorAddress(Attr.xorMappedAddress, path.client);
  if (others.port) writer.address(Attr.responseOrigin, from ?? path.server);
  if (others.both) writer.address(Attr.otherAddress, others.both);
  const padding = message.get(Attr.padding);
  if (padding) writer.attribute(Attr.padding, new Uint8Array(Math.min(padding.length, MAX_PADDING)));
  if (message.has(Attr.fingerprint)) writer.fingerprint();
  return { bytes: writer.bytes(), ...(from && { from }), ...responsePort(message) };
}

function responsePort(message: StunMessage): { toPort?: number } {
  const value = message.get(Attr.responsePort);
  if (!value || value.length < 2) return {};
  const toPort = (value[0]! << 8) | value[1]!;
  return toPort === 0 ? {} : { toPort };
}

function unknownAttributes(message: StunMessage, unknown: number[]): Uint8Array {
  const writer = new MessageWriter(Method.binding, Class.error, message.id);
  writer.error(420, '').unknownAttributes(unknown);
  if (message.has(Attr.fingerprint)) writer.fingerprint();
  return writer.bytes();
}

/** RESPONSE-ADDRESS is not honoured: it would make us a reflector (RFC 8489 dropped it for that). */
function classic(settings: Settings, message: StunMessage, path: ClientPath): BindingAnswer {
  const others = alternatives(settings, path.server);
  const change = changeFlags(message);
  const from = wanted(others, change);
  const unknown = message.unknown(new Set([...BASIC, ...CLASSIC]));
  if (message.has(Attr.responseAddress)) unknown.push(Attr.responseAddress);
  if (change !== 0 && !from) unknown.push(Attr.changeRequest);
  if (unknown.length > 0) {
    // RFC 3489 has no padding: an odd list repeats its last type (section 11.2.10).
    if (unknown.length % 2 === 1) unknown.push(unknown.at(-1)!);
    return { bytes: unknownAttributes(message, unknown) };
  }
  const writer = new MessageWriter(Method.binding, Class.success, message.id);
  writer.address(Attr.mappedAddress, path.client);
  writer.address(Attr.sourceAddress, from ?? path.server);
  writer.address(Attr.changedAddress, others.both ?? others.port ?? path.server);
  return { bytes: writer.bytes(), ...(from && { from }) };
}

function changeFlags(message: StunMessage): number {
  return (message.uint32(Attr.changeRequest) ?? 0) & (CHANGE_IP | CHANGE_PORT);
}

function wanted(others: ReturnType<typeof alternatives>, change: number): Address | undefined {
  if (change === (CHANGE_IP | CHANGE_PORT)) return others.both;
  if (change === CHANGE_IP) return others.ip;
  return change === CHANGE_PORT ? others.port : undefined;
}
