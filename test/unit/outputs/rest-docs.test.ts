import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problems } from '../../../src/outputs/problems.ts';
import { docTables } from '../../helpers/doc-table.ts';
import { seededHttp } from '../../helpers/seeded-http.ts';

interface Document {
  readonly paths: Readonly<
    Record<string, { readonly get: { readonly parameters: readonly Parameter[] } }>
  >;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
}

const inBackticks = (text: string): string => `\`${text}\``;

describe('docs/rest.md', () => {
  const tables = docTables('rest.md');
  const tableOf = (head: string) => tables.find((table) => table.head[0] === head)?.rows;

  test('lists the error codes of the program, with status and title', () => {
    assert.deepEqual(
      [...(tableOf('Code') ?? [])],
      Object.entries(problems).map(([code, { status, title }]) => [
        inBackticks(code),
        [String(status), title],
      ]),
    );
  });

  test('lists the routes with their parameters', async (t) => {
    const document = (await seededHttp(t).get('/openapi.json')).json<Document>();
    assert.deepEqual(
      [...(tableOf('Route') ?? [])].map(([path, [, parameters]]) => [path, parameters]),
      Object.entries(document.paths).map(([path, { get }]) => [
        inBackticks(path),
        get.parameters
          .filter((parameter) => parameter.in === 'query')
          .map(({ name }) => inBackticks(name))
          .join(', '),
      ]),
    );
  });

  test('lists the health checks that there are', async (t) => {
    const { get } = seededHttp(t);
    for (const address of tableOf('Address')?.keys() ?? []) {
      const { headers } = await get(address.replaceAll('`', ''));
      assert.equal(headers['content-type'], 'text/plain; charset=utf-8', address);
    }
    assert.equal(tableOf('Address')?.size, 4);
  });
});
