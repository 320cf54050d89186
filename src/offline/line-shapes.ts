import { evidenceText } from '../events/evidence.ts';
import { parsePrefix } from '../parsers/log-prefix.ts';
import { compileRule } from '../parsers/matcher.ts';
import { readStamp } from '../parsers/stamp.ts';
import type { UnknownLine } from './piece-parser.ts';

/** Lines that differ in numbers, addresses and quoted texts only. */
export interface LineShape {
  /** charon's log group, where the lines have one. */
  readonly group: string | undefined;
  /** A template that fits the example, safe to show; undefined where none says anything. */
  readonly pattern: string | undefined;
  readonly count: number;
  /** The first such line, safe to show, with its file and its number there, counted from 1. */
  readonly example: string;
  readonly file: string;
  readonly line: number;
}

const mostShapes = 2_000;

/** Sorts unknown lines by their shapes; of very many shapes the frequent ones are kept. */
export class LineShapes {
  #shapes = new Map<string, LineShape>();
  #otherLines = 0;

  add({ file, number, text, message }: UnknownLine): void {
    const { group } = parsePrefix(text, { read: readStamp });
    const pattern = patternOf(message);
    const key = `${group ?? ''} ${pattern ?? ''}`;
    const known = this.#shapes.get(key);
    if (known !== undefined) {
      this.#shapes.set(key, { ...known, count: known.count + 1 });
      return;
    }
    if (this.#shapes.size >= mostShapes) this.#dropRare();
    const example = evidenceText(text);
    this.#shapes.set(key, { group, pattern, count: 1, example, file, line: number });
  }

  /** The most frequent first. */
  get shapes(): readonly LineShape[] {
    return this.#byCount().map(([, shape]) => shape);
  }

  /** Lines of rare shapes that were dropped. */
  get otherLines(): number {
    return this.#otherLines;
  }

  #byCount(): readonly (readonly [string, LineShape])[] {
    return [...this.#shapes].toSorted(([, a], [, b]) => b.count - a.count);
  }

  #dropRare(): void {
    const sorted = this.#byCount();
    for (const [, { count }] of sorted.slice(mostShapes / 2)) this.#otherLines += count;
    this.#shapes = new Map(sorted.slice(0, mostShapes / 2));
  }
}

/** Longer messages are cut there; what follows is `<:any>`. */
const longestMessage = 240;

/** What varies from line to line, and the placeholder of a template that takes it. */
const variable = new RegExp(
  [
    String.raw`(?<quoted>"[^"]*"|'[^']*'|\x60[^\x60']*')`,
    String.raw`(?<host>\b(?:\d{1,3}\.){3}\d{1,3}\b|(?<![\w:])(?:(?:[0-9A-Fa-f]{0,4}:){3,7}|(?=[0-9A-Fa-f:]*::)(?:[0-9A-Fa-f]{0,4}:){2})[0-9A-Fa-f]{0,4}(?![\w:]))`,
    String.raw`(?<hex>(?<=\b0x)[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b)`,
    String.raw`(?<int>(?!\b0x[0-9a-f])\d{1,20})`,
    // What a template or a terminal would take for something else.
    String.raw`(?<odd><[^>]*>?|[\p{Cc}\p{Cf}\u2028\u2029\uFFFD]+)`,
  ].join('|'),
  'gu',
);

/**
 * A template of the messages like this one: what varies becomes a placeholder without a name. It
 * is tried on the message; undefined where nothing but a placeholder would be left.
 */
export function patternOf(message: string): string | undefined {
  const cut = message.slice(0, longestMessage);
  const template = cut.replace(variable, (...args) => {
    const groups: Readonly<Record<string, string | undefined>> = args.at(-1);
    if (groups['quoted'] !== undefined) return quotedPlaceholder(groups['quoted']);
    const type = ['host', 'hex', 'int'].find((name) => groups[name] !== undefined);
    return `<:${type ?? 'any'}>`;
  });
  const [beginning = ''] = template.split('<', 1);
  const whole = cut === message ? template : `${template}<:any>`;
  return [whole, `${beginning}<:any>`].find((pattern) => fits(pattern, beginning, message));
}

/** The quotes stay: they tell the end of what is quoted. */
function quotedPlaceholder(text: string): string {
  return `${text.slice(0, 1)}<:any>${text.slice(-1)}`;
}

function fits(pattern: string, beginning: string, message: string): boolean {
  // A slash begins a regular expression.
  if (beginning.trim() === '' && !/>[^<]*\w/.test(pattern)) return false;
  if (pattern.startsWith('/')) return false;
  const compiled = compileRule(['unknown.shape', '', pattern]);
  if (!compiled.ok) return false;
  const { exact, regexp } = compiled.rule.pattern;
  return exact === undefined ? regexp.test(message) : exact === message;
}
