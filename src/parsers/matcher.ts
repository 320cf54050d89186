import { copyOf } from '../events/copy-of.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { Recent } from './recent.ts';
import { type Pattern, compileExpression, compileTemplate } from './template.ts';

/** What the catalogue knows about a message. */
export interface Match {
  readonly code: string;
  readonly ignored: boolean;
  /** What the message names, by the names of its placeholders. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Matcher {
  /** The first entry that fits; `group` is charon's, undefined for a message without one. */
  readonly match: (message: string, group: string | undefined) => Match | undefined;
}

/** An entry with its compiled pattern. */
export interface Rule {
  readonly code: string;
  /** Empty for any. */
  readonly groups: readonly string[];
  readonly ignored: boolean;
  readonly pattern: Pattern;
}

export type CompiledRule =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly problem: string };

/** Compiles one entry; a pattern between slashes is a regular expression. */
export function compileRule([code, groups, pattern, flag]: CatalogueEntry): CompiledRule {
  const compiled = pattern.startsWith('/') ? compileExpression(pattern) : compileTemplate(pattern);
  if (!compiled.ok) return compiled;
  return {
    ok: true,
    rule: {
      code,
      groups: groups === '' ? [] : groups.split('|'),
      ignored: flag === 'ignored',
      pattern: compiled.pattern,
    },
  };
}

/** Compiles entries that ship with the program: a bad one is our mistake. */
export function compileEntries(entries: readonly CatalogueEntry[]): readonly Rule[] {
  return entries.map((entry) => {
    const compiled = compileRule(entry);
    if (!compiled.ok) throw new Error(`catalogue: ${entry[0]}: ${compiled.problem}`);
    return compiled.rule;
  });
}

/**
 * Some hundred patterns in one matcher, a handful of which are tried on a message: those whose
 * literal beginning it has, found in a tree of all beginnings, one tree for each group. Entries of
 * a group match in that group only, where the message has one: peers can get text of theirs into
 * messages of other groups.
 */
export function createMatcher(rules: readonly Rule[]): Matcher {
  const everything = createTree(rules);
  const ofAnyGroup = createTree(rules.filter((rule) => rule.groups.length === 0));
  const groups = new Set(rules.flatMap((rule) => rule.groups));
  const byGroup = new Map(
    [...groups].map((group) => [
      group,
      createTree(rules.filter(({ groups: own }) => own.length === 0 || own.includes(group))),
    ]),
  );
  const known = new Recent<{ readonly tree: Node; readonly match: Match | undefined }>();
  return {
    match: (message, group) => {
      const tree = group === undefined ? everything : (byGroup.get(group) ?? ofAnyGroup);
      if (message.length > longestKnown) return firstFit(tree, message);
      const before = known.get(message);
      if (before?.tree === tree) return before.match;
      const own = copyOf(message);
      const match = firstFit(tree, own);
      known.set(own, { tree, match });
      return match;
    },
  };
}

function firstFit(tree: Node, message: string): Match | undefined {
  for (const rule of candidates(tree, message)) {
    const match = tryRule(rule, message);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** What is said again is no longer than that. */
const longestKnown = 256;

const noFields = {};

function tryRule({ code, ignored, pattern }: Rule, message: string): Match | undefined {
  if (pattern.exact !== undefined) {
    return pattern.exact.length === message.length
      ? { code, ignored, fields: noFields }
      : undefined;
  }
  if (message.length > pattern.limit) return undefined;
  const found = pattern.regexp.exec(message);
  if (found === null) return undefined;
  const fields: Record<string, string> = {};
  for (let index = 0; index < pattern.fields.length; index += 1) {
    const name = pattern.fields[index];
    const text = found[index + 1];
    if (name !== undefined && text !== undefined) fields[name] = text;
  }
  return { code, ignored, fields };
}

/** A node of the tree: the text on the way to it, and the rules to try for messages that end here. */
interface Node {
  readonly edge: string;
  /** By the first character of their edge. */
  readonly children: ReadonlyMap<number, Node>;
  /** In the order of the catalogue: this node's own and those of the nodes above. */
  readonly rules: readonly Rule[];
}

interface Beginning {
  readonly prefix: string;
  readonly order: number;
  readonly rule: Rule;
}

function createTree(rules: readonly Rule[]): Node {
  const beginnings = rules.flatMap((rule, order) =>
    rule.pattern.prefixes.map((prefix) => ({ prefix, order, rule })),
  );
  return createNode('', 0, beginnings, []);
}

/** `depth` is the length of the text on the way to the node, its own edge included. */
function createNode(
  edge: string,
  depth: number,
  below: readonly Beginning[],
  above: readonly Beginning[],
): Node {
  const here = [...above, ...below.filter(({ prefix }) => prefix.length === depth)];
  const longer = below.filter(({ prefix }) => prefix.length > depth);
  const branches = Map.groupBy(longer, ({ prefix }) => prefix.charCodeAt(depth));
  const children = [...branches].map(([character, members]): [number, Node] => {
    const prefixes = members.map(({ prefix }) => prefix);
    const end = commonLength(prefixes);
    const text = prefixes[0]!.slice(depth, end);
    return [character, createNode(text, end, members, here)];
  });
  const inOrder = here.toSorted((a, b) => a.order - b.order).map(({ rule }) => rule);
  return { edge, children: new Map(children), rules: [...new Set(inOrder)] };
}

function commonLength(texts: readonly string[]): number {
  const [first = ''] = texts;
  let length = 0;
  while (length < first.length && texts.every((text) => text[length] === first[length]))
    length += 1;
  return length;
}

function candidates(tree: Node, message: string): readonly Rule[] {
  let node = tree;
  let depth = 0;
  for (;;) {
    const next = node.children.get(message.charCodeAt(depth));
    if (next === undefined || !message.startsWith(next.edge, depth)) return node.rules;
    depth += next.edge.length;
    node = next;
  }
}
