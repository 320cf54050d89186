/** One SA or policy of `ip xfrm`: its first line and the further ones, without indentation. */
export interface XfrmRecord {
  readonly head: string;
  readonly lines: readonly string[];
}

const algorithm = /^(?:auth-trunc|auth|enc|comp|aead)(?=\s)(?: (?!\S*(?:0x|[0-9A-Fa-f]{8}))\S+)?/;

/**
 * `ip xfrm state|policy`, also as `-o` prints it, with a backslash for every line end.
 *
 * Keys end here. What follows an algorithm's name is dropped, and the records are cut from a copy
 * made without it: V8 keeps the whole of a text alive as long as one piece of it is in use.
 */
export function parseXfrmRecords(text: string): {
  readonly records: readonly XfrmRecord[];
  /** Lines before the first record. */
  readonly strayLines: number;
} {
  const copy = text
    .split(/[\n\\]/)
    .map((line) => {
      const trimmed = line.trim();
      return algorithm.exec(trimmed)?.[0] ?? trimmed;
    })
    .join('\n');

  const records: { head: string; lines: string[] }[] = [];
  let strayLines = 0;
  for (const line of copy.split('\n')) {
    const current = records.at(-1);
    if (line === '') continue;
    if (line.startsWith('src ')) records.push({ head: line, lines: [] });
    else if (current) current.lines.push(line);
    else strayLines += 1;
  }
  return { records, strayLines };
}

/** The words of a line in pairs: `reqid 1(0x00000001) mode tunnel`. */
export type Fields = ReadonlyMap<string | undefined, string | undefined>;

export function fieldsOf(line: string): Fields {
  const words = line.split(' ');
  const fields = new Map<string | undefined, string | undefined>();
  for (let index = 1; index < words.length; index += 2) fields.set(words[index - 1], words[index]);
  return fields;
}

/** Eight digits; with `-s` the number in decimal follows: `0xcbb3c051(3417555025)`. */
export function spiOf(fields: Fields): string | undefined {
  return /^0x([0-9a-f]{8})/.exec(fields.get('spi') ?? '')?.[1];
}

/** The number that a field begins with, decimal or hexadecimal; undefined without one. */
export function numberOf(fields: Fields, name: string): number | undefined {
  const digits = /^(?:0x[0-9a-f]+|\d+)/.exec(fields.get(name) ?? '');
  return digits ? Number(digits[0]) : undefined;
}
