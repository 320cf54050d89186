import type { FromLog } from '../events/log-event.ts';
import type { KnownLine } from '../parsers/log-events.ts';

/**
 * Lines of one log on their way from one thread to another: as objects they would take longer to copy
 * than to parse.
 */
export interface PackedLines {
  /**
   * Of each line: at, latest, stamp, line, connection, ikeId, peerAddress, code, number of fields, and
   * the names of these. Strings are numbers of `names`.
   */
  readonly numbers: Float64Array;
  readonly names: readonly string[];
  /** Of each line its text, and what its fields hold. */
  readonly texts: readonly string[];
}

/** Stands for what is missing. */
const nothing = -1;
const head = 9;

/** Packs lines of one log, in their order. */
export function packLines(lines: readonly KnownLine[]): PackedLines {
  const numbers: number[] = [];
  const texts: string[] = [];
  const names = new Map<string, number>();
  const numberOf = (name: string | undefined): number => {
    if (name === undefined) return nothing;
    const number = names.get(name) ?? names.size;
    names.set(name, number);
    return number;
  };
  for (const { from, fields } of lines) {
    const { evidence, ikeId = nothing } = from;
    const fieldNames = Object.keys(fields);
    numbers.push(from.at, from.latest, evidence.at, evidence.line ?? nothing);
    numbers.push(numberOf(from.connection), ikeId, numberOf(from.peerAddress));
    numbers.push(numberOf(from.code), fieldNames.length);
    texts.push(evidence.text);
    for (const name of fieldNames) {
      numbers.push(numberOf(name));
      texts.push(fields[name]!);
    }
  }
  return { numbers: new Float64Array(numbers), names: [...names.keys()], texts };
}

/** The lines again; `source` is the name of their log. */
export function unpackLines(
  { numbers, names, texts }: PackedLines,
  source: string,
): readonly KnownLine[] {
  const lines: KnownLine[] = [];
  let index = 0;
  let textIndex = 0;
  while (index < numbers.length) {
    const ikeId = numbers[index + 5];
    const from: FromLog = {
      at: numbers[index]!,
      latest: numbers[index + 1]!,
      connection: names[numbers[index + 4]!],
      ikeId: ikeId === nothing ? undefined : ikeId,
      peerAddress: names[numbers[index + 6]!],
      code: names[numbers[index + 7]!]!,
      evidence: {
        source,
        line: numbers[index + 3]!,
        at: numbers[index + 2]!,
        text: texts[textIndex]!,
      },
    };
    const fields: Record<string, string> = {};
    const fieldsEnd = index + head + numbers[index + 8]!;
    textIndex += 1;
    for (index += head; index < fieldsEnd; index += 1) {
      fields[names[numbers[index]!]!] = texts[textIndex]!;
      textIndex += 1;
    }
    lines.push({ from, fields });
  }
  return lines;
}
