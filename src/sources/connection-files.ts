import type { InventoryFile, InventoryTunnel } from '../events/inventory.ts';
import type {
  ConfGrammar,
  ConfPlace,
  ConfReader,
  ConfStatement,
} from '../parsers/inventory/conf-statement.ts';
import { SubnetPairs } from '../parsers/inventory/subnet-pairs.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import { besides } from './conf-paths.ts';
import type { Sightings } from './sightings.ts';

export interface ConnectionFileDependencies {
  readonly clock: Pick<Clock, 'breathe'>;
  readonly files: Pick<Files, 'open' | 'status' | 'list'>;
  /** The addresses of this host. */
  readonly ownAddresses: () => ReadonlySet<string>;
}

/** As deep as strongSwan goes. */
const deepestInclude = 10;
const mostFiles = 20_000;
const largestFileBytes = 16 * 2 ** 20;
const largestTotalBytes = 64 * 2 ** 20;

/** So much is parsed between two turns of the event loop: a few milliseconds. */
const statementsATurn = 500;
const tunnelsATurn = 100;

interface OpenFrame {
  readonly file: string;
  readonly depth: number;
  readonly statements: Iterator<ConfStatement>;
}
/** A file that is still to be opened, and what includes it. */
interface Waiting {
  readonly file: string;
  readonly depth: number;
  readonly includedAt: ConfPlace | undefined;
}

/**
 * Reads the files that a pattern names, as one, with all that they include. Nothing that holds
 * secrets by its name is opened. Undefined where no file could be read at all: `detail` says why.
 */
export async function loadConnectionFiles(
  pattern: string,
  grammar: ConfGrammar,
  sightings: Sightings,
  dependencies: ConnectionFileDependencies,
): Promise<{ readonly file: InventoryFile | undefined; readonly detail: string }> {
  const reader = grammar.createReader({ ownAddresses: dependencies.ownAddresses() });
  const walk = new Walk(grammar, reader, sightings, dependencies);
  const hasRead = await walk.read(pattern);
  const pairs = new SubnetPairs();
  const tunnels: InventoryTunnel[] = [];
  await eachInTurn(reader.tunnels(), dependencies, (tunnel) => pairs.add(tunnel));
  await eachInTurn(pairs.joined(), dependencies, (tunnel) => tunnels.push(tunnel));
  const [problems, unused] = [reader.problems(), reader.unused()];
  if (hasRead) return { file: { tunnels, groups: [], problems, unused }, detail: '' };
  return { file: undefined, detail: problems[0] ?? `there is no file ${pattern}` };
}

async function eachInTurn<T>(
  all: Iterable<T>,
  { clock }: ConnectionFileDependencies,
  use: (one: T) => void,
): Promise<void> {
  let used = 0;
  for (const one of all) {
    use(one);
    used += 1;
    if (used % tunnelsATurn === 0) await clock.breathe();
  }
}

/** One pass through a file and its includes, in the order in which strongSwan reads them. */
class Walk {
  readonly #grammar: ConfGrammar;
  readonly #reader: ConfReader;
  readonly #sightings: Sightings;
  readonly #dependencies: ConnectionFileDependencies;
  readonly #stack: (OpenFrame | Waiting)[] = [];
  #files = 0;
  #bytes = 0;

  constructor(
    grammar: ConfGrammar,
    reader: ConfReader,
    sightings: Sightings,
    dependencies: ConnectionFileDependencies,
  ) {
    this.#grammar = grammar;
    this.#reader = reader;
    this.#sightings = sightings;
    this.#dependencies = dependencies;
  }

  /** Whether any file could be read. */
  async read(pattern: string): Promise<boolean> {
    this.#push(pattern, 0, undefined);
    let hasRead = false;
    let taken = 0;
    for (let top = this.#stack.at(-1); top !== undefined; top = this.#stack.at(-1)) {
      taken += 1;
      if (taken % statementsATurn === 0) await this.#dependencies.clock.breathe();
      if (!('statements' in top)) {
        this.#stack.pop();
        hasRead = this.#open(top) || hasRead;
        continue;
      }
      const { value, done } = top.statements.next();
      if (done === true) this.#stack.pop();
      else if (value.kind === 'include') this.#include(value, top);
      else this.#reader.take(value, top.file);
    }
    return hasRead;
  }

  #include({ pattern, line }: { pattern: string; line: number }, { file, depth }: OpenFrame): void {
    const place = { file, line };
    if (depth < deepestInclude) this.#push(besides(file, pattern), depth + 1, place);
    else this.#reader.complain(place, `includes go more than ${deepestInclude} deep`);
  }

  #push(pattern: string, depth: number, includedAt: ConfPlace | undefined): void {
    const named = this.#sightings.expand(pattern, this.#dependencies.files);
    const paths = named.slice(0, mostFiles - this.#files);
    if (paths.length < named.length)
      this.#reader.complain(includedAt, `only ${mostFiles} files are read`);
    this.#files += paths.length;
    for (const file of paths.toReversed()) this.#stack.push({ file, depth, includedAt });
  }

  #open({ file, depth, includedAt }: Waiting): boolean {
    const read = this.#read(file);
    if (typeof read !== 'string') {
      this.#reader.complain(includedAt, read.detail);
      return false;
    }
    this.#stack.push({
      file,
      depth,
      statements: this.#grammar.statements(read)[Symbol.iterator](),
    });
    return true;
  }

  #read(path: string): string | { readonly detail: string } {
    if (path.endsWith('.secrets')) return { detail: `${path} is not read: it holds secrets` };
    const { files } = this.#dependencies;
    this.#sightings.see(path, files);
    const opened = files.open(path);
    if (!opened.ok) return { detail: opened.detail };
    const { sizeBytes } = opened.file.status();
    const isTooLarge = sizeBytes > largestFileBytes || this.#bytes + sizeBytes > largestTotalBytes;
    const bytes = isTooLarge ? '' : opened.file.read(0, sizeBytes);
    opened.file.close();
    if (isTooLarge) return { detail: `${path} is not read: it is too large for connections` };
    this.#bytes += sizeBytes;
    return Buffer.from(bytes, 'latin1').toString('utf8');
  }
}
