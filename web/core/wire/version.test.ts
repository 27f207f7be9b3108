import { toJsonSchema } from '@valibot/to-json-schema';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { callControlSchema } from './call-control.ts';
import { controlSchema } from './control.ts';
import { fileControlSchema } from './file-control.ts';
import * as history from './history.ts';
import { messageIdSchema } from './message-id.ts';
import { spokenSchema, wireMessageSchema } from './message.ts';
import { signalSchema } from './signal.ts';
import { WIRE_VERSION } from './version.ts';

/** Of every schema that two browsers share, by version. Add a line when WIRE_VERSION rises; never change an old one. */
const HASHES: Readonly<Record<number, string>> = {
  1: '4df99355e654b908',
  2: '89f73991827d52f0',
  3: 'ccc80694b3f15c9d',
  4: 'bbd7efc011384234',
  5: 'e8c9d7901c796b57',
  6: 'bb19490ae0a966e8',
  7: 'a4275ab5f7ee9130',
  8: '3cd151b865317a1f',
  9: 'a60d87d493e2a902',
  10: 'ea48d23887608671',
};

it('raises its version with every change of a schema', () => {
  const schemas = [
    messageIdSchema,
    wireMessageSchema,
    spokenSchema,
    controlSchema,
    signalSchema,
    fileControlSchema,
    callControlSchema,
    history.historyMessageSchema,
    history.historyDeletionSchema,
    history.historyPageSchema,
    history.historyAskSchema,
    history.historyListSchema,
  ];
  // Reading JSON has no form in JSON Schema; what it yields has, and stands behind it in the same pipe.
  const described = schemas.map((schema) => toJsonSchema(schema, { errorMode: 'ignore' }));
  const hash = createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 16);
  expect(JSON.stringify(described)).toContain('renegotiate');
  expect(hash, 'a schema changed: raise WIRE_VERSION and note the new hash').toBe(HASHES[WIRE_VERSION]);
});
