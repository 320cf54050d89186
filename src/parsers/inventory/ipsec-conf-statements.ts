import type { ConfStatement } from './conf-statement.ts';
import { ConfScanner } from './conf-scanner.ts';

/** What a line begins with that is a statement of its own. */
const statementStart = /[\t ]*(?:conn|ca|config|include)[\t ]|[\t ]+[a-z][\w-]*[\t ]*=/y;
const blanks = /[\t\r ]+/y;
const word = /(?:@#)?[^"#=\s]+/y;

/**
 * The statements of an `ipsec.conf`, by the grammar of strongSwan's starter (5.9): sections begin
 * in the first column, settings do not. A line that is none is a problem and costs only itself.
 */
export function* ipsecConfStatements(text: string): Generator<ConfStatement> {
  const scanner = new ConfScanner(text);
  while (!scanner.isAtEnd) {
    const statement = lineOf(scanner);
    if (statement !== undefined) yield statement;
    if (scanner.next === '\n') scanner.newline();
  }
}

/** Takes one line, but for its end; one with a string may be several. */
function lineOf(scanner: ConfScanner): ConfStatement | undefined {
  const { line } = scanner;
  const isIndented = scanner.take(/[\t ]+/y) !== undefined;
  // What older releases wanted at the top.
  if (scanner.take(/version[^\n]*/y) !== undefined) return undefined;
  if (scanner.take(/include[\t ]+(?=[^=\n])/y) !== undefined) return included(scanner, line);
  if (isEnd(scanner)) {
    scanner.skipLine();
    return undefined;
  }
  if (isIndented) return setting(scanner, line);
  const type = sectionTypes.find(([pattern]) => scanner.take(pattern) !== undefined)?.[1];
  if (type !== undefined) return section(scanner, line, type);
  scanner.skipLine();
  return problem(line, 'neither a section nor indented below one');
}

const sectionTypes = [
  [/config setup(?=[\s#"]|$)/y, 'setup'],
  [/conn(?=[\s#"]|$)/y, 'conn'],
  [/ca(?=[\s#"]|$)/y, 'ca'],
] as const;

function included(scanner: ConfScanner, line: number): ConfStatement {
  const pattern = scanner.includePattern(statementStart);
  if (pattern === undefined) return problem(line, unterminated);
  const isClean = isEnd(scanner);
  scanner.skipLine();
  if (!isClean) return problem(line, 'more than one file behind include; each needs its own');
  return { kind: 'include', line, pattern };
}

function section(
  scanner: ConfScanner,
  line: number,
  type: 'setup' | 'conn' | 'ca',
): ConfStatement | undefined {
  const names = words(scanner);
  if (names === undefined) return problem(line, unterminated);
  const isClean = isEnd(scanner);
  scanner.skipLine();
  const [name = '', ...others] = names;
  if (!isClean || others.length > 0) return problem(line, `${type} takes one name`);
  if (name === '' && type !== 'setup') return problem(line, `${type} without a name`);
  return { kind: 'section', line, type, name };
}

function setting(scanner: ConfScanner, line: number): ConfStatement {
  const [key = '', ...others] = words(scanner) ?? [];
  const isSetting = others.length === 0 && key !== '' && scanner.take(/=/y) !== undefined;
  const values = isSetting ? words(scanner) : [];
  if (values === undefined) return problem(line, `${key}: ${unterminated}`);
  const isClean = isEnd(scanner);
  scanner.skipLine();
  if (!isSetting) return problem(line, 'an indented line is key=value');
  if (!isClean) return problem(line, `${key}: a value with "=" in it needs quotes`);
  const value = values.length === 0 ? undefined : values.join(' ');
  return { kind: 'setting', line, key, value };
}

const unterminated = 'a quote is opened and not closed';

/** Words and strings, up to what is neither; undefined where a string does not end. */
function words(scanner: ConfScanner): readonly string[] | undefined {
  const found: string[] = [];
  for (;;) {
    scanner.take(blanks);
    const isString = scanner.next === '"';
    const one = isString ? scanner.string(statementStart) : scanner.take(word);
    if (one === undefined) return isString ? undefined : found;
    found.push(one);
  }
}

/** Whether there is nothing but a comment before the end of the line. */
function isEnd(scanner: ConfScanner): boolean {
  scanner.take(blanks);
  return scanner.isAtEnd || scanner.next === '\n' || scanner.next === '#';
}

function problem(line: number, message: string): ConfStatement {
  return { kind: 'problem', line, message };
}
