/** One series selector of an expression, with what it asks of the labels. */
interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly value: string }[];
}

interface PromqlNames {
  readonly selectors: readonly Selector[];
  /** Labels of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly groupingLabels: readonly string[];
}

const token = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][a-zA-Z0-9_:]*|\d[\w.]*|=~|!~|!=|[^\s]/g;
const name = /^[a-zA-Z_:]/;
const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const words = new Set(
  'and or unless bool offset inf nan sum min max avg count group topk bottomk quantile'.split(' '),
);

/**
 * The names in a PromQL expression. Reads tokens and no grammar: whether an expression is valid is for
 * promtool to say. Ranges are skipped with their brackets, so `$__range` and the like may stand there.
 */
export function promqlNames(expression: string): PromqlNames {
  const tokens: readonly string[] = expression.match(token) ?? [];
  const selectors: Selector[] = [];
  const groupingLabels: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const word = tokens[at] ?? '';
    const next = tokens[at + 1];
    if (!name.test(word) || words.has(word)) continue;
    if (grouping.has(word)) {
      const end = tokens.indexOf(')', at);
      groupingLabels.push(...tokens.slice(at + 2, end).filter((part) => part !== ','));
      at = end;
    } else if (next === '{') {
      const end = tokens.indexOf('}', at);
      const inside = tokens.slice(at + 2, end);
      const matchers = inside.flatMap((part, index) =>
        name.test(part) ? [{ label: part, value: (inside[index + 2] ?? '').slice(1, -1) }] : [],
      );
      selectors.push({ metric: word, matchers });
      at = end;
    } else if (next !== '(') {
      selectors.push({ metric: word, matchers: [] });
    }
  }
  return { selectors, groupingLabels };
}
