import { type FieldType, type FieldTypeName, fieldTypes, typeOfName } from './field-types.ts';

/** A placeholder of a template. Without a name it is matched and not kept. */
export interface Placeholder {
  readonly name: string;
  /** A type, or the texts it may be, any of which may be empty. */
  readonly type: FieldTypeName | readonly string[];
}

/** A template taken apart: literal text and placeholders. */
export type TemplatePiece = string | Placeholder;

/** A template or regular expression, ready to be matched against whole messages. */
export interface Pattern {
  /** A message that matches begins with one of these; `''` says nothing. */
  readonly prefixes: readonly string[];
  /** Set when the pattern is nothing but this text. */
  readonly exact: string | undefined;
  readonly regexp: RegExp;
  /** The field of each capture group, in their order; undefined for groups that are no field. */
  readonly fields: readonly (string | undefined)[];
  /** Longer messages are not tried. */
  readonly limit: number;
}

export type Compiled =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly problem: string };

/**
 * Takes a template apart. Its language is charon's format strings with names in the place of the
 * conversions: `closing CHILD_SA <child>{<childId>}`. `<name>` has the type that its name always
 * has, or `text`; `<name:type>` names a type; `<name:a|b|>` is one of these texts; `<:type>` is
 * matched and not kept. A template describes the whole message.
 */
export function parseTemplate(template: string): readonly TemplatePiece[] | { problem: string } {
  const pieces: TemplatePiece[] = [];
  const seen = new Set<string>();
  let rest = template;
  while (rest !== '') {
    const open = rest.indexOf('<');
    if (open !== 0) {
      pieces.push(open < 0 ? rest : rest.slice(0, open));
      rest = open < 0 ? '' : rest.slice(open);
      continue;
    }
    const close = rest.indexOf('>');
    if (close < 0) return { problem: `"${rest}" has no closing ">"` };
    const [name = '', ...described] = rest.slice(1, close).split(':');
    const type = placeholderType(name, described.join(':'));
    if (typeof type === 'object' && 'problem' in type) return type;
    if (name !== '' && seen.has(name)) return { problem: `<${name}> stands twice` };
    seen.add(name);
    pieces.push({ name, type });
    rest = rest.slice(close + 1);
  }
  const isUnclear = pieces.some(
    (piece, at) => isOpen(piece) && typeof (pieces[at + 1] ?? '') !== 'string',
  );
  if (isUnclear) return { problem: 'has text of any kind where nothing tells its end' };
  return pieces.length > 0 ? pieces : { problem: 'is empty' };
}

function placeholderType(
  name: string,
  described: string,
): Placeholder['type'] | { problem: string } {
  if (!/^(?:[A-Za-z]\w*)?$/.test(name)) return { problem: `"${name}" is no name for a field` };
  const own = typeOfName.get(name);
  if (described === '') {
    return name === '' ? { problem: '<> names neither field nor type' } : (own ?? 'text');
  }
  if (own !== undefined) return { problem: `<${name}> always is of type ${own}` };
  if (described.includes('|')) return described.split('|');
  if (isTypeName(described)) return described;
  return { problem: `<${name}:${described}>: the types are ${Object.keys(fieldTypes).join(', ')}` };
}

function isTypeName(name: string): name is FieldTypeName {
  return Object.hasOwn(fieldTypes, name);
}

function isOpen(piece: TemplatePiece): boolean {
  return (
    typeof piece === 'object' &&
    typeof piece.type === 'string' &&
    typeInfo(piece.type).open === true
  );
}

function typeInfo(name: FieldTypeName): FieldType {
  return fieldTypes[name];
}

/** Compiles a template. */
export function compileTemplate(template: string): Compiled {
  const pieces = parseTemplate(template);
  if ('problem' in pieces) return { ok: false, problem: pieces.problem };
  const fields: (string | undefined)[] = [];
  let openLeft = pieces.filter(isOpen).length;
  let source = '^';
  let atomicEnd = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      source += escape(piece);
      continue;
    }
    if (isOpen(piece)) {
      // An open placeholder and what follows it become an atomic group (a look-ahead that is then
      // repeated by reference): its first fit is final. With every text but the last one bound
      // that way no two of them multiply, and matching takes linear time whatever the message is.
      source += atomicEnd;
      atomicEnd = '';
      openLeft -= 1;
      if (openLeft > 0) {
        fields.push(undefined);
        source += '(?=(';
        atomicEnd = `))(?:\\${fields.length})`;
      }
    }
    source += placeholderSource(piece);
    if (piece.name !== '') fields.push(piece.name);
  }
  source += `${atomicEnd}$`;
  const [only] = pieces;
  return {
    ok: true,
    pattern: {
      prefixes: literalPrefixes(pieces),
      exact: pieces.length === 1 && typeof only === 'string' ? only : undefined,
      regexp: new RegExp(source),
      fields,
      limit: Infinity,
    },
  };
}

function placeholderSource({ name, type }: Placeholder): string {
  const info: FieldType =
    typeof type === 'string' ? typeInfo(type) : { source: type.map(escape).join('|') };
  return `${info.before ?? ''}(${name === '' ? '?:' : ''}${info.source})${info.after ?? ''}`;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

/** Every text that a message of this template can begin with, as far as that is known. */
function literalPrefixes(pieces: readonly TemplatePiece[]): readonly string[] {
  let prefixes = [''];
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      prefixes = prefixes.map((prefix) => prefix + piece);
    } else if (typeof piece.type === 'string') {
      const starts = typeInfo(piece.type).starts;
      return prefixes[0] === '' && starts !== undefined ? starts.split('') : prefixes;
    } else {
      const texts = piece.type;
      prefixes = prefixes.flatMap((prefix) => texts.map((text) => prefix + text));
    }
  }
  return prefixes;
}

const expressionLimit = 256;

/**
 * Compiles `/…/` or `/…/i`. It is searched for in the message, not anchored. Engines backtrack:
 * so that no message can make it slow it may repeat only characters and classes, at most three
 * times (being searched for counts as one), and sees no message longer than 256 characters.
 */
export function compileExpression(text: string): Compiled {
  const [, source = '', flags = ''] = /^\/([^]+)\/(i?)$/.exec(text) ?? [];
  if (source === '') return { ok: false, problem: 'must have the form /…/ or /…/i' };
  let regexp: RegExp;
  try {
    regexp = new RegExp(source, flags);
  } catch (error) {
    return { ok: false, problem: String(error) };
  }
  // An alternative that matches nothing tells the names of the groups.
  const fields = Object.keys(new RegExp(`${source}|`).exec('')?.groups ?? {});
  const bare = source.replaceAll(/\\[^]/g, '_').replaceAll(/\[[^\]]*\]/g, '_');
  const repeats = bare.match(/[*+{]/g)?.length ?? 0;
  if (/\)[*+{]/.test(bare)) return { ok: false, problem: 'must not repeat a group' };
  if (repeats + (bare.startsWith('^') ? 0 : 1) > 3) {
    return { ok: false, problem: 'has more than three repetitions; write it as a template' };
  }
  const typed = fields.find((name) => typeOfName.has(name));
  if (typed !== undefined) {
    return { ok: false, problem: `<${typed}> has a type of its own; write it as a template` };
  }
  if (/\((?!\?)/.test(bare)) {
    return { ok: false, problem: 'has a group without a name; write (?:…)' };
  }
  return {
    ok: true,
    pattern: {
      prefixes: [''],
      exact: undefined,
      regexp,
      fields,
      limit: expressionLimit,
    },
  };
}
