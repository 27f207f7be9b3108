/** Describes the HTTP API from the same routes and schemas that serve it. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { errorBodySchema } from '../protocol/errors.ts';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '../protocol/version.ts';
import type { Route, Schema } from './route.ts';

/** Checks that JSON Schema cannot say (trimming, control characters) are left out. */
const jsonSchema = (schema: Schema, typeMode: 'input' | 'output') =>
  toJsonSchema(schema, { typeMode, errorMode: 'ignore', target: 'openapi-3.0' });

const jsonContent = (schema: unknown) => ({ content: { 'application/json': { schema } } });

export function openApi(routes: readonly Route[], serverVersion: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Holler', version: serverVersion },
    paths,
    components: {
      schemas: { Error: jsonSchema(errorBodySchema, 'output') },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-holler' } },
    },
  };
}

function operation(route: Route): object {
  const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const version = {
    name: PROTOCOL_HEADER,
    in: 'header',
    schema: { type: 'integer', enum: [PROTOCOL_VERSION] },
  };
  return {
    summary: route.summary,
    security: route.access === 'anyone' ? [] : [{ session: [] }],
    parameters: [...inPath, version],
    ...(route.body !== null && {
      requestBody: { required: true, ...jsonContent(jsonSchema(route.body, 'input')) },
    }),
    responses: {
      [route.status]: {
        description: 'Done',
        ...(route.answer !== null && jsonContent(jsonSchema(route.answer, 'output'))),
      },
      default: { description: 'Refused', ...jsonContent({ $ref: '#/components/schemas/Error' }) },
    },
  };
}
