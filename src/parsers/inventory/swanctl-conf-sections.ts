import type { ConfProblems } from './conf-problems.ts';
import type { ConfPlace, ConfStatement } from './conf-statement.ts';

export interface SwanctlValue extends ConfPlace {
  /** Undefined: the key stands there without a value, which resets it to its default. */
  readonly text: string | undefined;
}

export interface SwanctlSection {
  readonly name: string;
  readonly place: ConfPlace;
  readonly values: Map<string, SwanctlValue>;
  readonly sections: Map<string, SwanctlSection>;
  /** Full names of the sections that it takes over, most important first. */
  readonly bases: string[];
}

/** They stand at the top only; what is told of secrets is not even looked at. */
const top: ReadonlySet<string> = new Set(['connections', 'secrets', 'authorities', 'pools']);

/** The tree of sections that statements make, whatever braces are missing. */
export class SwanctlSections {
  readonly root: SwanctlSection = section('', { file: '', line: 0 });
  readonly #problems: ConfProblems;
  /** The sections that are open, the outermost first. */
  #open: SwanctlSection[] = [];
  /** The connection that was closed last, and where. */
  #closed: { readonly section: SwanctlSection; readonly place: ConfPlace } | undefined;
  /** Sections of the top since `connections` was closed. */
  #strays: SwanctlSection[] = [];

  constructor(problems: ConfProblems) {
    this.#problems = problems;
  }

  take(statement: ConfStatement, file: string): void {
    const place = { file, line: statement.line };
    if (statement.kind === 'open') this.#enter(statement.name, statement.bases, place);
    if (statement.kind === 'close') this.#leave(place);
    if (statement.kind !== 'setting' || this.#isSecret || statement.key === 'secret') return;
    this.#current.values.set(statement.key, { ...place, text: statement.value });
  }

  /** Nothing comes any more. */
  end(): void {
    if (this.#open.length > 0) this.#problems.add(this.#current.place, unclosed);
    this.#open = [];
  }

  get #current(): SwanctlSection {
    return this.#open.at(-1) ?? this.root;
  }

  get #isSecret(): boolean {
    return this.#open[0]?.name === 'secrets';
  }

  #enter(name: string, bases: readonly string[], place: ConfPlace): void {
    // A section where none can be: the one around it was meant to be closed before.
    while (!this.#mayHold(name)) {
      this.#problems.add(this.#current.place, unclosed);
      this.#open.pop();
    }
    // Only a connection has children: the last one was closed too early.
    const isAmongConnections = this.#open.length === 1 && this.#current.name === 'connections';
    if (name === 'children' && isAmongConnections && this.#closed !== undefined) {
      this.#problems.add(this.#closed.place, surplus);
      this.#open.push(this.#closed.section);
    }
    const parent = this.#current;
    const known = parent.sections.get(name);
    const opened = known ?? section(name, place);
    // What is secret gets a section of its own that nobody finds.
    if (known === undefined && !this.#isSecret) parent.sections.set(name, opened);
    for (const base of bases) if (!opened.bases.includes(base)) opened.bases.push(base);
    this.#open.push(opened);
    if (this.#open.length === 1 && !top.has(name)) this.#strays.push(opened);
  }

  #mayHold(name: string): boolean {
    const [first, , third, fourth] = this.#open;
    if (first === undefined) return true;
    if (top.has(name)) return false;
    if (first.name !== 'connections') return true;
    if (third !== undefined) return third.name === 'children' && fourth === undefined;
    return this.#open.length === 1 || /^(?:local|remote|children)/.test(name);
  }

  #leave(place: ConfPlace): void {
    const closed = this.#open.pop();
    if (closed !== undefined) {
      if (this.#current.name === 'connections') this.#closed = { section: closed, place };
      if (closed.name === 'connections') this.#strays = [];
      return;
    }
    this.#problems.add(place, surplus);
    // It closed `connections` too early: what followed was meant to be in there.
    const connections = this.root.sections.get('connections');
    for (const stray of connections === undefined ? [] : this.#strays) {
      this.root.sections.delete(stray.name);
      connections?.sections.set(stray.name, stray);
    }
    this.#strays = [];
  }
}

const unclosed = 'a brace is opened and not closed';
const surplus = 'a brace is closed that was never opened';

function section(name: string, place: ConfPlace): SwanctlSection {
  return { name, place, values: new Map(), sections: new Map(), bases: [] };
}
