import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { problems } from '../../../src/outputs/problems.ts';
import { schemas } from '../../../src/outputs/rest-schemas.ts';
import { everyStateHttp } from '../../helpers/seeded-http.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: object;
}

interface Operation {
  readonly summary: string;
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

interface Document {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

async function fetchDocument(t: Parameters<typeof everyStateHttp>[0]): Promise<Document> {
  return (await everyStateHttp(t).get('/openapi.json')).json<Document>();
}

function operations(document: Document): readonly (readonly [string, Operation])[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.values(item).map((operation) => [path, operation] as const),
  );
}

/** Every `$ref` anywhere below. */
function references(part: unknown): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) =>
    key === '$ref' ? [String(value)] : references(value),
  );
}

function resolve(document: unknown, reference: string): unknown {
  let found = document;
  for (const step of reference.replace(/^#\//, '').split('/')) {
    const parts = new Map<string, unknown>(Object.entries(found ?? {}));
    found = parts.get(step);
  }
  return found;
}

describe('the API’s description', () => {
  test('is an OpenAPI 3.1 document with what must be there', async (t) => {
    const document = await fetchDocument(t);
    assert.match(document.openapi, /^3\.1\.\d+$/);
    assert.deepEqual([document.info['title'], document.info['version']], ['tunnelwarden', '1.2.3']);
    assert.deepEqual(Object.keys(document.components), ['securitySchemes', 'schemas', 'responses']);
  });

  test('names the routes that are served, and no others', async (t) => {
    const document = await fetchDocument(t);
    assert.deepEqual(Object.keys(document.paths), [
      '/api/v1/tunnels',
      '/api/v1/tunnels/{name}',
      '/api/v1/tunnels/{name}/events',
      '/api/v1/tunnels/{name}/diagnosis',
      '/api/v1/groups',
      '/api/v1/groups/{name}',
      '/api/v1/interfaces',
      '/api/v1/gateways',
      '/api/v1/ha',
      '/api/v1/findings',
      '/api/v1/events',
      '/api/v1/events/stream',
      '/api/v1/sources',
    ]);
    for (const item of Object.values(document.paths)) assert.deepEqual(Object.keys(item), ['get']);
  });

  test('every reference leads somewhere', async (t) => {
    const document = await fetchDocument(t);
    const all = references(document);
    assert.ok(all.length > 20);
    for (const reference of all) {
      assert.notEqual(resolve(document, reference), undefined, reference);
    }
  });

  test('every operation has its own id and a summary', async (t) => {
    const all = operations(await fetchDocument(t));
    assert.equal(new Set(all.map(([, { operationId }]) => operationId)).size, all.length);
    for (const [path, { operationId, summary }] of all) {
      assert.match(operationId, /^api_v1_[a-z_]+$/, path);
      assert.notEqual(summary, '', path);
    }
  });

  test('parameters: those of the path and required, those of the query and not', async (t) => {
    for (const [path, { parameters }] of operations(await fetchDocument(t))) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      assert.deepEqual(
        parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
        inPath,
      );
      const places = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      assert.equal(new Set(places).size, places.length, path);
      for (const parameter of parameters) {
        assert.ok(['path', 'query', 'header'].includes(parameter.in));
        assert.equal(parameter.required, parameter.in === 'path');
        assert.ok('type' in parameter.schema, `${path} ${parameter.name}`);
      }
    }
  });

  test('every schema in it is a JSON Schema of 2020-12, which OpenAPI 3.1 uses', async (t) => {
    const document = await fetchDocument(t);
    const ajv = new Ajv2020({
      strict: true,
      allowUnionTypes: true,
      formats: { 'date-time': true },
    });
    const own = Object.values(document.components['schemas'] ?? {});
    const ofParameters = operations(document).flatMap(([, { parameters }]) =>
      parameters.map(({ schema }) => schema),
    );
    assert.deepEqual(Object.keys(document.components['schemas'] ?? {}), Object.keys(schemas));
    for (const schema of [...own, ...ofParameters]) ajv.compile(schema);
  });

  test('every code is an answer of its own, and every route names those it has', async (t) => {
    const document = await fetchDocument(t);
    const { responses = {} } = document.components;
    assert.deepEqual(Object.keys(responses), Object.keys(problems));
    for (const [path, operation] of operations(document)) {
      const statuses = Object.keys(operation.responses);
      assert.ok(['200', '400', '401', '421', '429', '500'].every((one) => statuses.includes(one)));
      assert.equal(statuses.includes('404'), path.includes('{name}'), path);
      assert.equal(statuses.includes('304'), !path.endsWith('/stream'), path);
      assert.equal(statuses.includes('503'), path.endsWith('/stream'), path);
    }
  });

  test('the type of a problem is an address in it', async (t) => {
    const { get } = everyStateHttp(t);
    const { type } = (await get('/api/v1/tunnels/Nowhere')).json<{ type: string }>();
    const [url = '', pointer = ''] = type.split('#');
    const found = resolve((await get(url)).json(), pointer.slice(1));
    assert.deepEqual(Object(found).description, problems['unknown-tunnel'].title);
  });
});
