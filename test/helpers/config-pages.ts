import { stringify } from 'yaml';
import { options } from '../../src/config/options.ts';

/** The part of JSON Schema that the options are written in. */
export interface Option {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly required?: readonly string[];
  readonly items?: Option;
  readonly properties?: Readonly<Record<string, Option>>;
}

/** Values of a file that differ from the defaults, by dotted path: they stand uncommented. */
export type Chosen = Readonly<Record<string, unknown>>;

const root: Option = options;
export const sections = Object.entries(root.properties ?? {});

/** A value in YAML on one line. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => inline(one)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, one]) => `${key}: ${inline(one)}`);
    return `{ ${entries.join(', ')} }`;
  }
  if (typeof value === 'string' && /[*,]/.test(value)) return `'${value}'`;
  return stringify(value, { singleQuote: true, lineWidth: 0 }).trim();
}

/** A value in YAML below its key, each line with a prefix. */
function setting(key: string, value: unknown, prefix: string): readonly string[] {
  const isList = Array.isArray(value) && value.some((one) => typeof one === 'object');
  if (!isList) return [`${prefix}${key}: ${inline(value)}`];
  // In comments an entry is one line, however long; in a page the formatter would break it.
  const entries = prefix === '' ? value.flatMap(entry) : value.map((one) => `- ${inline(one)}`);
  return [`${prefix}${key}:`, ...entries.map((line) => `${prefix}  ${line}`)];
}

/** An entry of a list; one that is too long for a line has a line for each of its keys. */
function entry(value: unknown): readonly string[] {
  const line = `- ${inline(value)}`;
  if (line.length <= 98 || typeof value !== 'object' || value === null) return [line];
  const keys = Object.entries(value).map(([key, one]) => `${key}: ${inline(one)}`);
  return keys.map((text, index) => `${index === 0 ? '-' : ' '} ${text}`);
}

/** Breaks a text into comments: how the first line begins, and how the others do. */
function comment(text: string, first: string, others = first): readonly string[] {
  const lines = [first];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length <= 100) lines[lines.length - 1] = line;
    else lines.push(`${others} ${word}`);
  }
  return lines;
}

function sentence({ description = '', ...option }: Option): string {
  const values = option.enum === undefined ? '' : ` One of ${option.enum.join(', ')}.`;
  return description + values;
}

/** The keys of a list's entries, as comments. */
function entryKeys({ items }: Option, indent: string): readonly string[] {
  const keys = Object.entries(items?.properties ?? {});
  const longest = Math.max(0, ...keys.map(([key]) => key.length));
  return keys.flatMap(([key, option]) => {
    const [first, others] = [key, ''].map((text) => `${indent}#   ${text.padEnd(longest)} `);
    return comment(sentence(option), first ?? '', others);
  });
}

function optionLines(path: string, option: Option, indent: string, chosen: Chosen): string[] {
  const key = path.slice(path.lastIndexOf('.') + 1);
  const lines = [...comment(sentence(option), `${indent}#`)];
  if (option.properties !== undefined) {
    lines.push(`${indent}${key}:`);
    const inner = Object.entries(option.properties);
    const isAiry = inner.some(([, one]) => one.properties !== undefined);
    for (const [i, [name, one]] of inner.entries()) {
      if (isAiry && i > 0) lines.push('');
      lines.push(...optionLines(`${path}.${name}`, one, `${indent}  `, chosen));
    }
    return lines;
  }
  lines.push(...entryKeys(option, indent));
  const isChosen = Object.hasOwn(chosen, path);
  const value = isChosen ? chosen[path] : (option.examples?.[0] ?? option.default);
  return [...lines, ...setting(key, value, isChosen ? indent : `${indent}#`)];
}

/** A configuration file with every key: commented with its default, or as chosen. */
export function configFile(heading: string, chosen: Chosen = {}): string {
  const head = heading.split('\n').map((line) => `# ${line}`.trimEnd());
  const blocks = sections.map(([key, option]) => optionLines(key, option, '', chosen));
  return `${[head, ...blocks].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Words for the form of a value. */
function formOf(option: Option): string {
  const { type, pattern = '', items } = option;
  if (option.enum !== undefined) return option.enum.map((one) => `\`${one}\``).join(', ');
  if (pattern.includes('ms|s')) return 'duration';
  if (pattern.includes('MiB')) return 'size';
  if (pattern.includes(':[0-9]')) return 'address:port';
  if (pattern.includes('scrypt')) return 'hash';
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'integer') return `${option.minimum} to ${option.maximum}`;
  if (items?.properties !== undefined) return 'list, see below';
  if (type === 'array') return listFormOf(items);
  if (option.minLength === 11) return 'cron expression';
  if (option.maxLength === 127) return 'name';
  return option.maxLength === 4095 ? 'path' : 'text';
}

function listFormOf({ enum: values, maxLength, minLength }: Option = {}): string {
  if (values !== undefined) return `list of ${values.map((one) => `\`${one}\``).join(', ')}`;
  if (maxLength === 127) return 'list of names';
  // An argument may be empty, a path may not.
  return minLength === 1 ? 'list of paths' : 'program, arguments';
}

function defaultOf(option: Option, isRequired: boolean): string {
  if (isRequired) return 'required';
  if (option.default === undefined) return 'none';
  const value = inline(option.default);
  return value.length > 50 ? 'see below' : `\`${value}\``;
}

function rows(path: string, option: Option, isRequired = false): readonly (readonly string[])[] {
  const inner = Object.entries(option.properties ?? {});
  if (inner.length > 0) return inner.flatMap(([key, one]) => rows(`${path}.${key}`, one));
  const words = [formOf(option), defaultOf(option, isRequired), option.description ?? ''];
  const { properties = {}, required = [] } = option.items ?? {};
  const below = Object.entries(properties).flatMap(([key, one]) =>
    rows(`${path}[].${key}`, one, required.includes(key)),
  );
  // A section that is a list has said above what it is.
  const isSection = below.length > 0 && !path.includes('.');
  return [...(isSection ? [] : [[`\`${path}\``, ...words]]), ...below];
}

const head = ['Key', 'Form', 'Default', 'What it does'];

/** A table of Markdown, its columns aligned as the formatter wants them. */
function table(body: readonly (readonly string[])[]): string {
  const lines = [head, ...body].map((row) => row.map((text) => text.replaceAll('|', '\\|')));
  const widths = head.map((_, i) => Math.max(...lines.map((row) => row[i]?.length ?? 0)));
  const [first = '', ...rest] = lines.map(
    (row) => `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((count) => '-'.repeat(count)).join(' | ')} |`;
  return [first, rule, ...rest].join('\n');
}

function yaml(sentenceBefore: string, key: string, value: unknown): string {
  const text = setting(key, value, '').join('\n');
  return `\n\n${sentenceBefore}\n\n\`\`\`yaml\n${text}\n\`\`\``;
}

/** Defaults that are too long for the table, then the examples. */
function illustrations(path: string, option: Option): string {
  const key = path.slice(path.lastIndexOf('.') + 1);
  const { default: value, examples = [], properties } = option;
  const isLong = properties === undefined && inline(value ?? '').length > 50;
  const long = isLong ? yaml(`\`${path}\` by default:`, key, value) : '';
  const example = examples.map((one) => yaml(`An example of \`${path}\`:`, key, one));
  const inner = Object.entries(properties ?? {}).map(([name, one]) =>
    illustrations(`${path}.${name}`, one),
  );
  return [long, ...example, ...inner].join('');
}

/** The reference of all keys, one table a section. */
export function reference(): string {
  const isPlain = ({ properties, items }: Option): boolean => !properties && !items;
  const plain = sections.filter(([, option]) => isPlain(option));
  const general = `## General\n\n${table(plain.flatMap(([key, option]) => rows(key, option)))}`;
  const others = sections.filter(([, option]) => !isPlain(option));
  const parts = others.map(
    ([key, option]) =>
      `## \`${key}\`\n\n${option.description ?? ''}\n\n${table(rows(key, option))}${illustrations(key, option)}`,
  );
  return [general, ...parts].join('\n\n');
}
