/**
 * What two pages say to each other about a call, as JSON text beside the media on the same link.
 *
 * The caller makes the id. A page that hears of a call it does not know answers `hang-up`, so a call that one side
 * has lost (reload, crash) ends on the other side too as soon as they can speak.
 */
import * as v from 'valibot';
import { jsonSchema } from './json.ts';

const callIdSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));

const callKindSchema = v.picklist(['voice', 'video']);
export type CallKind = v.InferOutput<typeof callKindSchema>;

/** What one sends at the moment; `video` is the camera, `screen` replaces it. */
const mediaStateSchema = v.object({ audio: v.boolean(), video: v.boolean(), screen: v.boolean() });
export type MediaState = v.InferOutput<typeof mediaStateSchema>;

const hangUpReasonSchema = v.picklist([
  /** Somebody hung up. */
  'person',
  /** The caller gave up waiting. */
  'no-answer',
  /** The link did not come back in time, or never carried media. */
  'lost',
  /** No microphone or camera could be opened. */
  'no-media',
  /** Another device of the person who was rung took it. */
  'elsewhere',
  /** The other page knows no such call. */
  'unknown',
]);
export type HangUpReason = v.InferOutput<typeof hangUpReasonSchema>;

const messageSchema = v.variant('type', [
  v.object({ type: v.literal('ring'), call: callIdSchema, kind: callKindSchema }),
  /** The other page shows the call. */
  v.object({ type: v.literal('ringing'), call: callIdSchema }),
  v.object({ type: v.literal('answer'), call: callIdSchema }),
  v.object({ type: v.literal('decline'), call: callIdSchema }),
  v.object({ type: v.literal('busy'), call: callIdSchema }),
  v.object({ type: v.literal('hang-up'), call: callIdSchema, reason: hangUpReasonSchema }),
  /** Whole, after every change, and once when a lost link is back: it also says that the call still is. */
  v.object({ type: v.literal('media'), call: callIdSchema, media: mediaStateSchema }),
]);
export type CallControl = v.InferOutput<typeof messageSchema>;

export const callControlSchema = jsonSchema(messageSchema);

/** The same on both sides, seen from each. `missed` is `no-answer` or `cancelled` seen by the one who was rung. */
export type CallOutcome =
  | 'talked'
  | 'no-answer'
  | 'cancelled'
  | 'missed'
  | 'declined'
  | 'busy'
  | 'elsewhere'
  | 'lost'
  | 'no-media';
