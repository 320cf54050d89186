import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { FromSchema } from 'json-schema-to-ts';
import { LineCounter, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { ConfigProblem } from './config-error.ts';
import { options } from './options.ts';

/** The configuration file's content after validation, with the defaults filled in. */
export type RawConfig = FromSchema<typeof options>;

/** A configuration that has the right form, and where its keys stand in the file. */
export interface Validated {
  readonly raw: RawConfig | undefined;
  readonly problems: readonly ConfigProblem[];
  readonly lineOf: (path: readonly (string | number)[]) => number | undefined;
}

const ajv = new Ajv2020({ allErrors: true, useDefaults: true, verbose: true });
const isRawConfig = ajv.compile<RawConfig>(options);

/** YAML text → configuration of the right form, or every place where the form is wrong. */
export function validate(text: string): Validated {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (path: readonly (string | number)[]): number | undefined =>
    lineOfNode(document, lines, path);
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      path: '',
      line: lines.linePos(error.pos[0]).line,
      message: `not valid YAML: ${error.message}`,
    }));
    return { raw: undefined, problems, lineOf };
  }
  // An alias may refer to itself a million times over: toJS refuses beyond its default of 100.
  const value: unknown = document.toJS() ?? {};
  if (isRawConfig(value)) return { raw: value, problems: [], lineOf };
  const problems = (isRawConfig.errors ?? []).map((error) => problemOf(error, lineOf));
  return { raw: undefined, problems, lineOf };
}

function lineOfNode(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): number | undefined {
  const node = document.getIn(path, true);
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? undefined : lines.linePos(start).line;
}

function problemOf(error: ErrorObject, lineOf: Validated['lineOf']): ConfigProblem {
  const parent = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const unknownKey: unknown = error.params['additionalProperty'];
  const path = typeof unknownKey === 'string' ? [...parent, unknownKey] : parent;
  return { path: path.join('.'), line: lineOf(path) ?? lineOf(parent), message: messageOf(error) };
}

function messageOf(error: ErrorObject): string {
  const description: unknown = error.parentSchema?.['description'];
  const hint = typeof description === 'string' ? ` (${description})` : '';
  switch (error.keyword) {
    case 'additionalProperties':
      return `no such key; known here: ${knownKeys(error).join(', ')}`;
    case 'enum':
      return `must be one of ${String(error.schema).replaceAll(',', ', ')}${hint}`;
    case 'pattern':
      return `${JSON.stringify(error.data)} does not have the form ${formOf(String(error.schema))}${hint}`;
    default:
      return `${error.message ?? 'is not valid'}${hint}`;
  }
}

function knownKeys(error: ErrorObject): readonly string[] {
  const properties: unknown = error.parentSchema?.['properties'];
  return Object.keys(properties ?? {});
}

function formOf(pattern: string): string {
  if (pattern.includes('ms|s')) return 'of a duration, for instance 30s, 5m, 90d';
  if (pattern.includes('KiB')) return 'of a size, for instance 512MiB';
  if (pattern.includes(':[0-9]')) return 'ADDRESS:PORT, for instance 127.0.0.1:9814';
  return pattern;
}
