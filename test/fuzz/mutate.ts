import type { Random } from './random.ts';

/** What an input is made from. */
export interface Material {
  readonly corpus: readonly string[];
  readonly dictionary: readonly string[];
}

/** What breaks parsers of any kind: controls, bidi marks, halves of characters, big numbers, markup. */
const nasty = [
  '',
  ' ',
  '\0',
  '\n',
  '\r\n',
  '\t',
  '\u001B[31m',
  '\u202E',
  '\u2028',
  '\uFEFF',
  '\uFFFD',
  '\uD800',
  '\uDFFF',
  '😀',
  'İ',
  'e\u0301',
  '-1',
  '0',
  '00000000000000000001',
  '4294967296',
  '9007199254740993',
  '99999999999999999999999999999999',
  '1e309',
  'NaN',
  '__proto__',
  'constructor',
  'toString',
  '"',
  "'",
  '\\',
  '\\"',
  '`',
  '<',
  '>',
  '&',
  '<script>',
  '${x}',
  '%s%n',
  '../',
  "' OR 1=1 --",
  '{}[]()',
  '|',
  '=',
  ':',
  ',',
  ';',
] as const;

const longest = 4096;
/** One input in so many may be this long. */
const rarelyLong = { oneIn: 400, longest: 65_536 } as const;

/** An input out of one of the corpus by a few steps, each small or rude. */
export function mutate({ corpus, dictionary }: Material, random: Random): string {
  const isLong = random.below(rarelyLong.oneIn) === 0;
  const end = isLong ? rarelyLong.longest : longest;
  let text = random.pick(corpus).slice(0, end);
  for (let steps = 1 + random.below(5); steps > 0; steps -= 1) {
    text = step(text, { corpus, dictionary }, random, isLong).slice(0, end);
  }
  return text;
}

function step(
  text: string,
  { corpus, dictionary }: Material,
  random: Random,
  isLong: boolean,
): string {
  const from = random.below(text.length + 1);
  const to = Math.min(text.length, from + random.below(random.pick([2, 8, 64, 1024])));
  const [before, part, after] = [text.slice(0, from), text.slice(from, to), text.slice(to)];
  switch (random.below(10)) {
    case 0:
      return before + after;
    case 1:
      return before + part.repeat(2 + random.below(isLong ? 4096 : 32)).slice(0, 65_536) + after;
    case 2:
      return before + random.pick(nasty) + after;
    case 3:
      return before + random.pick(dictionary) + text.slice(from);
    case 4:
      return before + random.pick(dictionary) + after;
    case 5: {
      const other = random.pick(corpus);
      return before + other.slice(random.below(other.length + 1));
    }
    case 6:
      return before + String.fromCharCode(random.below(random.pick([128, 256, 65_536]))) + after;
    case 7:
      return text.replace(/\d+/, () => random.pick(nasty));
    case 8: {
      const lines = text.split('\n');
      const moved = lines.splice(random.below(lines.length), 1 + random.below(3));
      lines.splice(random.below(lines.length + 1), 0, ...moved, ...moved);
      return lines.join('\n');
    }
    default:
      return before + part.toUpperCase() + random.pick(nasty) + after;
  }
}
