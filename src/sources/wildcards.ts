/** Whether a file name pattern has `*`, `?` or `[` in it. */
export function hasWildcards(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/**
 * Whether a name without a slash matches a pattern of glob(7): `*`, `?`, `[a-z]`, `[!a]`. A dot at
 * the beginning is matched by a dot alone. Takes no longer than both lengths multiplied.
 */
export function matchesWildcards(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let [n, p] = [0, 0];
  let star: { readonly n: number; readonly p: number } | undefined;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = { n, p };
      p += 1;
      continue;
    }
    const length = matchOne(name.charAt(n), pattern, p);
    if (length > 0) {
      n += 1;
      p += length;
    } else if (star === undefined) {
      return false;
    } else {
      // The star takes one character more.
      star = { n: star.n + 1, p: star.p };
      n = star.n;
      p = star.p + 1;
    }
  }
  return /^\**$/.test(pattern.slice(p));
}

/** How much of the pattern one character takes; 0 where it does not match. */
function matchOne(character: string, pattern: string, at: number): number {
  const first = pattern[at];
  if (first === '?') return 1;
  if (first === '[') {
    const set = setAt(pattern, at);
    if (set !== undefined) return set.has(character) ? set.length : 0;
  }
  if (first === '\\' && at + 1 < pattern.length) return pattern[at + 1] === character ? 2 : 0;
  return first === character ? 1 : 0;
}

interface CharacterSet {
  readonly length: number;
  has(character: string): boolean;
}

const bracket = /\[([!^]?)(\]?[^\]]*)\]/y;

/** Undefined where the bracket is not closed: it is a character like others then. */
function setAt(pattern: string, at: number): CharacterSet | undefined {
  bracket.lastIndex = at;
  const found = bracket.exec(pattern);
  if (found === null) return undefined;
  const [whole, not, members = ''] = found;
  const ranges = members.match(/.-.|./gs) ?? [];
  const has = (character: string): boolean =>
    ranges.some((range) =>
      range.length === 3
        ? range.charAt(0) <= character && character <= range.charAt(2)
        : range === character,
    );
  return { length: whole.length, has: (character) => has(character) === (not === '') };
}
