/** What the two ends of a link say to keep it: JSON text on the control channel. Not part of any conversation. */
import * as v from 'valibot';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { jsonSchema } from './json.ts';

/** First message of each side on a new connection. */
const helloSchema = v.object({
  type: v.literal('hello'),
  wire: v.pipe(v.number(), v.integer(), v.minValue(1)),
  capabilities: v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(64)),
});

/** `held`: this side wants the link kept open even when nothing is sent. */
const pingSchema = v.object({ type: v.literal('ping'), n: v.number(), held: v.boolean() });
const pongSchema = v.object({ type: v.literal('pong'), n: v.number() });

/** A signal that needs no server, since the link itself still carries. */
const signalSchema = v.object({
  type: v.literal('signal'),
  body: v.pipe(v.string(), v.maxLength(LIMITS.signalBodyMax)),
});

export const controlSchema = jsonSchema(
  v.variant('type', [helloSchema, pingSchema, pongSchema, signalSchema]),
);
export type ControlMessage = v.InferOutput<typeof controlSchema>;
