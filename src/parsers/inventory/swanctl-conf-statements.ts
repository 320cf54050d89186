import { ConfScanner } from './conf-scanner.ts';
import type { ConfStatement } from './conf-statement.ts';

const name = /[^\s:#{},="]+/y;
const blanks = /[\t\r ]+/y;
/** What a line looks like that is a statement of its own. */
const statementStart = /[\t ]*(?:\}|include[\t ]|[^\s:#{},="]+[\t ]*[={:])/y;

/**
 * The statements of a `swanctl.conf`, by the grammar of libstrongswan's settings (5.9). A line that
 * is none is a problem and costs only itself. A problem shows nothing of the text: it may be a secret.
 */
export function* swanctlConfStatements(text: string): Generator<ConfStatement> {
  const scanner = new ConfScanner(text);
  for (;;) {
    skipEmpty(scanner);
    if (scanner.isAtEnd) return;
    yield statementAt(scanner);
  }
}

/** Blanks, comments and empty lines. */
function skipEmpty(scanner: ConfScanner): void {
  for (;;) {
    scanner.take(blanks);
    if (scanner.next === '#') scanner.skipLine();
    if (scanner.next !== '\n') return;
    scanner.newline();
  }
}

function statementAt(scanner: ConfScanner): ConfStatement {
  const { line } = scanner;
  if (scanner.take(/\}/y) !== undefined) return { kind: 'close', line };
  if (scanner.take(/include[\t ]+(?=[^=\n])/y) !== undefined) {
    const pattern = scanner.includePattern(statementStart);
    if (pattern === undefined) return { kind: 'problem', line, message: unterminated };
    return { kind: 'include', line, pattern };
  }
  const key = scanner.take(name);
  if (key === undefined) return noStatement(scanner, line);
  scanner.take(blanks);
  if (scanner.take(/=/y) !== undefined) return setting(scanner, line, key);
  const bases = scanner.take(/:/y) === undefined ? [] : references(scanner);
  skipEmpty(scanner);
  if (scanner.take(/\{/y) === undefined) return noStatement(scanner, line);
  return { kind: 'open', line, name: key, bases };
}

function noStatement(scanner: ConfScanner, line: number): ConfStatement {
  // What stands in the next line may be one, and so may a brace.
  if (scanner.line === line) scanner.take(/[^}\n]+/y);
  return { kind: 'problem', line, message: 'neither key = value nor name { … }' };
}

function references(scanner: ConfScanner): readonly string[] {
  const found: string[] = [];
  for (;;) {
    scanner.take(/[\t\r ,]+/y);
    const one = scanner.take(name);
    if (one === undefined) return found;
    found.push(one);
  }
}

const unterminated = 'a quote is opened and not closed';

/** Words and strings up to the end of the line, a comment or a closing brace. */
function setting(scanner: ConfScanner, line: number, key: string): ConfStatement {
  const found: string[] = [];
  for (;;) {
    scanner.take(blanks);
    const isString = scanner.next === '"';
    const one = isString ? scanner.string(statementStart) : scanner.take(/[^#}"\s]+/y);
    if (one !== undefined) {
      found.push(one);
    } else if (isString) {
      return { kind: 'problem', line, message: unterminated };
    } else {
      const value = found.length === 0 ? undefined : found.join(' ');
      return { kind: 'setting', line, key, value };
    }
  }
}
