import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { FromSchema } from 'json-schema-to-ts';
import { LineCounter, isMap as isYamlMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { ConfigProblem } from './config-error.ts';
import { options } from './options.ts';
import { schemaMessage } from './schema-message.ts';

/** The configuration file's content after validation, with the defaults filled in. */
export type RawConfig = FromSchema<typeof options>;

/** Where a key is: names, and indices into lists. */
export type Path = readonly (string | number)[];

/** A key that was given on the command line, where it wins over the file. */
export interface Flag {
  readonly name: string;
  readonly section: 'http' | 'logs' | 'store';
  readonly key: string;
  readonly value: string;
}

/** A configuration that has the right form, and where its keys stand. */
export interface Validated {
  readonly raw: RawConfig | undefined;
  readonly problems: readonly ConfigProblem[];
  readonly locate: (path: Path) => Pick<ConfigProblem, 'path' | 'line'>;
}

/** The schema is ours, and a test holds it against its meta-schema: that takes as long as all the rest. */
const ajv = new Ajv2020({
  allErrors: true,
  useDefaults: true,
  verbose: true,
  meta: false,
  validateSchema: false,
});
const isRawConfig = ajv.compile<RawConfig>(options);

/** YAML text → configuration of the right form, or every place where the form is wrong. */
export function validate(text: string, flags: readonly Flag[]): Validated {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // What YAML allows and the schema refuses is not for standard error.
    logLevel: 'error',
  });
  const locate = (path: Path): Pick<ConfigProblem, 'path' | 'line'> => {
    const flag = flags.find(({ section, key }) => `${section}.${key}` === path.join('.'));
    if (flag !== undefined) return { path: flag.name, line: undefined };
    return { path: path.join('.'), line: lineOf(document, lines, path) };
  };
  const content = contentOf(document, lines);
  if ('problems' in content) return { raw: undefined, problems: content.problems, locate };
  const value = withFlags(content.value ?? {}, flags);
  if (isRawConfig(value)) return { raw: value, problems: [], locate };
  const problems = (isRawConfig.errors ?? []).map((error) => problemOf(error, locate));
  return { raw: undefined, problems, locate };
}

type Content = { readonly value: unknown } | { readonly problems: readonly ConfigProblem[] };

function contentOf(document: Document.Parsed, lines: LineCounter): Content {
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) =>
      notYaml(error.message, lines.linePos(error.pos[0]).line),
    );
    return { problems };
  }
  try {
    return { value: given(document.toJS()) };
  } catch (error) {
    // An alias may refer to itself a million times over: toJS refuses beyond its default of 100. One
    // that stands inside of what it refers to has no end.
    const reason = error instanceof Error ? error.message : String(error);
    const text = error instanceof RangeError ? 'it is nested without end' : reason;
    return { problems: [notYaml(text, undefined)] };
  }
}

function notYaml(message: string, line: number | undefined): ConfigProblem {
  // What follows the semicolon is advice to programmers.
  return { path: '', line, message: `not valid YAML: ${message.replace(/;.*/s, '')}` };
}

/** A key without a value is not given: its section may be there with all of its keys commented. */
function given(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => given(entry));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(entries.map(([key, one]) => [key, given(one)]));
}

function withFlags(content: unknown, flags: readonly Flag[]): unknown {
  if (!isMap(content)) return content;
  let value = content;
  for (const flag of flags) {
    const section = value[flag.section] ?? {};
    // What is no section is left for the schema to complain of.
    if (!isMap(section)) continue;
    value = { ...value, [flag.section]: { ...section, [flag.key]: flag.value } };
  }
  return value;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The line of a key, or of an entry of a list. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  const pair = isYamlMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined;
  const node = pair?.key ?? document.getIn(path, true);
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? undefined : lines.linePos(start).line;
}

function problemOf(error: ErrorObject, locate: Validated['locate']): ConfigProblem {
  const parent = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const unknownKey: unknown = error.params['additionalProperty'];
  const path = typeof unknownKey === 'string' ? [...parent, unknownKey] : parent;
  return {
    ...locate(path),
    line: locate(path).line ?? locate(parent).line,
    message: schemaMessage(error),
  };
}
