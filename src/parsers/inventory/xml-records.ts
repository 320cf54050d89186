import sax from 'sax';

/** One record of an export: the texts of its wanted elements, by path (`Phase1/KeyLife`). */
export interface XmlRecord {
  /** The element that it came in, for instance `VPNProfile`. */
  readonly entity: string;
  readonly line: number;
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** Which elements are records, and what of them is read; whatever is not named never is. */
export interface XmlSchema {
  /** Element of a record → the element that it has to stand in, if any, and the paths that are wanted. */
  readonly records: Readonly<
    Record<string, { readonly parent: string | undefined; readonly wanted: ReadonlySet<string> }>
  >;
  /** Paths that are known and of no use here, secrets among them. */
  readonly known: ReadonlySet<string>;
}

export interface XmlListener {
  onRecord(record: XmlRecord): void;
  /** The text is not well-formed; reading goes on behind it. */
  onProblem(message: string): void;
  /** An element of a record that neither is wanted nor known. */
  onUnknown(path: string): void;
}

export interface XmlReader {
  /** Any piece of the text, in its order. */
  push(text: string): void;
  end(): void;
}

interface Building {
  readonly entity: string;
  readonly line: number;
  readonly depth: number;
  readonly wanted: ReadonlySet<string>;
  readonly texts: Map<string, string[]>;
}

const longestText = 4096;
const mostTexts = 10_000;
const mostProblems = 20;
/** Beyond these it is no export: an export is six deep, and well-formed. */
const deepest = 64;
const hopeless = 1000;

/**
 * Records out of XML, piece by piece, so that a large export does not keep the event loop. There
 * are no document type definitions and no entities but XML's own five: sax knows none unless told.
 */
export function createXmlReader(schema: XmlSchema, listener: XmlListener): XmlReader {
  const parser = sax.parser(true, { trim: true, position: true });
  const path: string[] = [];
  let building: Building | undefined;
  let text = '';
  let problems = 0;
  let stopped = false;

  const report = (message: string): void => {
    problems += 1;
    if (problems <= mostProblems) listener.onProblem(message);
    if (problems >= hopeless) stopped = true;
  };
  const relative = ({ depth }: Building): string => path.slice(depth).join('/');

  parser.onerror = (error) => {
    const [what = ''] = error.message.split('\n');
    report(`line ${parser.line + 1}: ${what.toLowerCase()}`);
    // @ts-expect-error @types/sax forgets that null is what clears it
    parser.error = null;
    parser.resume();
  };
  parser.onopentag = ({ name }) => {
    const parent = path.at(-1);
    path.push(name);
    text = '';
    if (path.length === deepest) {
      report(`line ${parser.line + 1}: elements stand in one another more than ${deepest} deep`);
      stopped = true;
    }
    if (building !== undefined) return;
    const record = Object.hasOwn(schema.records, name) ? schema.records[name] : undefined;
    if (record === undefined || ![undefined, parent].includes(record.parent)) return;
    building = {
      entity: name,
      line: parser.line + 1,
      depth: path.length,
      wanted: record.wanted,
      texts: new Map(),
    };
  };
  const append = (more: string): void => {
    text = (text + more).slice(0, longestText);
  };
  parser.ontext = append;
  parser.oncdata = append;
  parser.onclosetag = () => {
    if (building !== undefined && path.length === building.depth) {
      const { entity, line, texts } = building;
      listener.onRecord({ entity, line, texts });
      building = undefined;
    } else if (building !== undefined) {
      const place = relative(building);
      if (building.wanted.has(place)) {
        const texts = building.texts.get(place) ?? [];
        if (text !== '' && texts.length < mostTexts) texts.push(text);
        building.texts.set(place, texts);
      } else if (text !== '' && !schema.known.has(place)) {
        listener.onUnknown(`${building.entity}/${place}`);
      }
    }
    path.pop();
    text = '';
  };
  return {
    push(more) {
      if (!stopped) parser.write(more);
    },
    end() {
      parser.close();
      if (problems > mostProblems) listener.onProblem(`${problems - mostProblems} more of these`);
    },
  };
}
