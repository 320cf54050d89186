/**
 * How to make a text from the one before it: a positive number keeps so many pieces of the old
 * text, a negative one leaves so many out, a string is inserted.
 */
export type Delta = readonly (number | string)[];

/** By lines, and by what stands between commas: the output of `ip -j` is one line. */
function piecesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=[\n,])/);
}

export function applyDelta(old: string, delta: Delta): string {
  const pieces = piecesOf(old);
  let [text, position] = ['', 0];
  for (const step of delta) {
    if (typeof step === 'string') {
      text += step;
      continue;
    }
    if (step > 0) text += pieces.slice(position, position + step).join('');
    position += Math.abs(step);
  }
  return text;
}

/** Keeps the longest common subsequence of the pieces. */
export function createDelta(old: string, text: string): Delta {
  const [a, b] = [piecesOf(old), piecesOf(text)];
  const common = commonLengths(a, b);
  let delta: Delta = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && a[i] === b[j]) {
      delta = joined(delta, 1);
      [i, j] = [i + 1, j + 1];
    } else if (j === b.length || (i < a.length && common(i + 1, j) >= common(i, j + 1))) {
      delta = joined(delta, -1);
      i += 1;
    } else {
      delta = joined(delta, b[j]!);
      j += 1;
    }
  }
  return delta;
}

/** Steps of one kind that follow one another become one. */
function joined(delta: Delta, step: number | string): Delta {
  const last = delta.at(-1);
  const before = delta.slice(0, -1);
  if (typeof last === 'string' && typeof step === 'string') return [...before, last + step];
  if (typeof last === 'number' && typeof step === 'number' && last * step > 0) {
    return [...before, last + step];
  }
  return [...delta, step];
}

/** The length of the longest common subsequence of what remains from two positions on. */
function commonLengths(
  a: readonly string[],
  b: readonly string[],
): (i: number, j: number) => number {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [right, below] = [lengths[i * width + j + 1]!, lengths[(i + 1) * width + j]!];
      const diagonal = lengths[(i + 1) * width + j + 1]!;
      lengths[i * width + j] = a[i] === b[j] ? diagonal + 1 : Math.max(right, below);
    }
  }
  return (i, j) => lengths[i * width + j]!;
}
