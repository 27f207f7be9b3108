/** A changed schema must come with a raised version, or an old page would misunderstand a new server without noticing. */
import { createHash } from 'node:crypto';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as blobs from './blobs.ts';
import * as errors from './errors.ts';
import * as groupLog from './group-log.ts';
import * as groups from './groups.ts';
import * as http from './http.ts';
import * as keys from './keys.ts';
import * as mail from './mail.ts';
import * as snapshots from './snapshots.ts';
import * as socket from './socket.ts';
import * as vault from './vault.ts';
import { PROTOCOL_VERSION } from './version.ts';

/**
 * Until the first release the version stays 1 and a changed schema only updates the hash here. From then on: raise
 * PROTOCOL_VERSION, and record the new hash under it.
 */
const RECORDED: Readonly<Record<number, string>> = {
  1: 'a3b05c35294169e8',
};

const isSchema = (value: unknown): value is v.GenericSchema =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';

function schemasOf(modules: readonly object[]): [string, v.GenericSchema][] {
  return modules
    .flatMap((module) => Object.entries(module))
    .flatMap(([name, value]): [string, v.GenericSchema][] => (isSchema(value) ? [[name, value]] : []))
    .toSorted(([a], [b]) => a.localeCompare(b));
}

function hashOf(schemas: readonly (readonly [string, v.GenericSchema])[]): string {
  const described = schemas.map(([name, schema]) => [
    name,
    toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' }),
    toJsonSchema(schema, { typeMode: 'output', errorMode: 'ignore' }),
  ]);
  return createHash('sha256').update(JSON.stringify(described)).digest('hex').slice(0, 16);
}

describe('the protocol version', () => {
  it('goes with the schemas', () => {
    const modules = [blobs, errors, groupLog, groups, http, keys, mail, snapshots, socket, vault];
    expect(hashOf(schemasOf(modules))).toBe(RECORDED[PROTOCOL_VERSION]);
  });

  it('is asked for by any change: of a field, a limit, a code', () => {
    const of = (schema: v.GenericSchema) => hashOf([['one', schema]]);
    const base = of(v.object({ a: v.pipe(v.string(), v.maxLength(5)), b: v.picklist(['x', 'y']) }));
    const changed = [
      v.object({ a: v.pipe(v.string(), v.maxLength(6)), b: v.picklist(['x', 'y']) }),
      v.object({ a: v.pipe(v.string(), v.maxLength(5)), b: v.picklist(['x', 'y', 'z']) }),
      v.object({ a: v.optional(v.pipe(v.string(), v.maxLength(5))), b: v.picklist(['x', 'y']) }),
      v.object({ c: v.pipe(v.string(), v.maxLength(5)), b: v.picklist(['x', 'y']) }),
    ];
    expect(new Set([base, ...changed.map(of)]).size).toBe(5);
  });
});
