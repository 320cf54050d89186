/** A line of charon's file logger with `json = yes` (6.0 and later). */
export interface JsonLine {
  readonly time: string | undefined;
  readonly thread: number | undefined;
  readonly group: string | undefined;
  readonly level: number | undefined;
  readonly connection: string | undefined;
  readonly ikeId: number | undefined;
  readonly message: string;
}

/**
 * Reads one. charon escapes line ends, quotes and backslashes only: control characters stand bare
 * in its strings, and `JSON.parse` refuses them. So this takes them, and backslashes before
 * anything, in the one flat object that a line is.
 */
export function parseJsonLine(line: string): JsonLine | undefined {
  const fields = new Map<string, string>();
  member.lastIndex = 1;
  for (let found = member.exec(line); found !== null; found = member.exec(line)) {
    const name = found[1]!;
    const value = found[2]!;
    // A name that stands twice has its first value.
    if (!fields.has(name)) fields.set(name, value.startsWith('"') ? unquote(value) : value);
  }
  const message = fields.get('msg');
  if (message === undefined) return undefined;
  return {
    time: fields.get('time'),
    thread: toNumber(fields.get('thread')),
    group: fields.get('group'),
    level: toNumber(fields.get('level')),
    connection: fields.get('ikesa-name'),
    ikeId: toNumber(fields.get('ikesa-uniqueid')),
    message,
  };
}

const member = /[\s,]*"([\w-]{1,64})"\s*:\s*("[^"\\]*(?:\\[^][^"\\]*)*"|-?\d{1,15})/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code?: string, character = '') =>
      code === undefined
        ? (escapes[character] ?? character)
        : String.fromCharCode(Number.parseInt(code, 16)),
    );
}

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
