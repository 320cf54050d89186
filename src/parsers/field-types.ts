/** How one placeholder of a template reads its text. */
export interface FieldType {
  /** Regular expression source. It must match in one way only, so that failing is cheap. */
  readonly source: string;
  /** What stands around the captured text, for a field that is optional as a whole. */
  readonly before?: string;
  readonly after?: string;
  /** Takes any text up to the literal that follows it in the template. */
  readonly open?: true;
  /** Every character that it can begin with, for the dispatch of templates that begin with it. */
  readonly starts?: string;
}

const digits = '0123456789';
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const address = String.raw`[0-9A-Fa-f:]{1,39}(?:\.\d{1,3}){0,3}`;
const selector = String.raw`(?:dynamic|${address}(?:/\d{1,3}|\.\.${address}))(?:\[[^\]\s]{1,64}\])?`;

/** The types that a placeholder `<name:type>` can name; they follow charon's printf hooks. */
export const fieldTypes = {
  /** Anything, at least one character. */
  text: { source: '[^]+?', open: true },
  /** Anything, possibly empty: identities, and tails of no interest. */
  any: { source: '[^]*?', open: true },
  /** A connection's or child's: no brackets, so that no identity can pass for the end of one. */
  name: { source: '[^[\\]{}]+?', open: true },
  /** `IKE:AES_CBC_256/…, IKE:…` (%P). */
  proposals: { source: '(?:IKE|ESP|AH):[^]*?', open: true },
  word: { source: String.raw`\S+` },
  int: { source: String.raw`\d{1,20}`, starts: digits },
  /** `[500]` or nothing (%#H). */
  port: { source: String.raw`\d{1,5}`, before: String.raw`(?:\[`, after: String.raw`\])?` },
  spi: { source: '[0-9a-f]{8}' },
  hex: { source: '[0-9a-f:]*' },
  /** An address, or %any (%H). */
  host: {
    source: String.raw`(?=[0-9A-Fa-f]{0,4}[.:])${address}|%any6?`,
    starts: `${digits}abcdefABCDEF:%`,
  },
  /** Traffic selectors separated by blanks (%R, %#R). */
  ts: { source: `${selector}(?: ${selector})*` },
  /** A name from one of charon's tables, or `(n)` for a value that it has no name for (%N). */
  enum: { source: String.raw`[A-Z][A-Za-z0-9_ ]{0,63}?|\(\d{1,5}\)`, starts: `${capitals}(` },
  mark: { source: String.raw`(?: \(mark \d{1,10}/0x[0-9a-f]{8}\))?` },
  /** A security label. */
  label: { source: String.raw`(?: \(ctx [^)]{1,256}\))?` },
} as const satisfies Record<string, FieldType>;

export type FieldTypeName = keyof typeof fieldTypes;

const namesOfType: readonly (readonly [FieldTypeName, names: string])[] = [
  ['int', 'attempt bytes bytesIn bytesOut childId count ikeId limit mid number reqid seconds'],
  ['port', 'srcPort dstPort'],
  ['spi', 'spi spiIn spiOut'],
  ['host', 'peer local remote src dst'],
  ['name', 'conn child newChild'],
  ['any', 'localId remoteId peerId'],
  ['ts', 'localTs remoteTs'],
  ['enum', 'notify exchange'],
  ['proposals', 'proposals'],
  ['word', 'iface proto'],
  ['mark', 'mark'],
  ['label', 'label'],
];

/**
 * Names with a type of their own, wherever they are used: the rest of the program may take
 * `childId` for a number without looking. Every other name is `text` unless the template says.
 */
export const typeOfName: ReadonlyMap<string, FieldTypeName> = new Map(
  namesOfType.flatMap(([type, names]) => names.split(' ').map((name) => [name, type])),
);
