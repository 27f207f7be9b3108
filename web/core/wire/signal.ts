/** What two devices say to set up and mend a link: the `body` of a signal, JSON text. */
import * as v from 'valibot';
import { jsonSchema } from './json.ts';

const sdpSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(48 * 1024));

const candidateSchema = v.object({
  candidate: v.pipe(v.string(), v.maxLength(1024)),
  sdpMid: v.nullish(v.pipe(v.string(), v.maxLength(64))),
  sdpMLineIndex: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1024))),
});
export type Candidate = v.InferOutput<typeof candidateSchema>;

/** Counts the offers of one link from 1; an answer carries the number of its offer, so that late ones are told apart. */
const roundSchema = v.pipe(v.number(), v.integer(), v.minValue(1));

const offerSchema = v.object({ type: v.literal('offer'), round: roundSchema, sdp: sdpSchema });
const answerSchema = v.object({ type: v.literal('answer'), round: roundSchema, sdp: sdpSchema });
const candidatesSchema = v.object({
  type: v.literal('candidates'),
  candidates: v.pipe(v.array(candidateSchema), v.maxLength(64)),
});

/** Only the offering side may offer; the other asks it to. `restart`: with new ICE, since the way there was lost. */
const renegotiateSchema = v.object({ type: v.literal('renegotiate'), restart: v.boolean() });
const transceiverSchema = v.object({
  type: v.literal('transceiver'),
  kind: v.picklist(['audio', 'video']),
  direction: v.optional(v.picklist(['sendrecv', 'sendonly', 'recvonly', 'inactive'])),
});

/** This side has let go of the link, or refuses to begin it. */
const byeSchema = v.object({ type: v.literal('bye') });

export const signalSchema = jsonSchema(
  v.variant('type', [
    offerSchema,
    answerSchema,
    candidatesSchema,
    renegotiateSchema,
    transceiverSchema,
    byeSchema,
  ]),
);
export type Signal = v.InferOutput<typeof signalSchema>;
