import type { ConfPlace, ConfStatement } from './conf-statement.ts';
import type { ConfProblems } from './conf-problems.ts';

export interface ConfValue extends ConfPlace {
  /** Undefined: the key stands there without a value, which resets it to its default. */
  readonly text: string | undefined;
}

interface Also extends ConfPlace {
  readonly base: string;
}

export interface ConnSection {
  readonly name: string;
  /** Where it begins for the first time. */
  readonly place: ConfPlace;
  readonly values: Map<string, ConfValue>;
  /** What it takes over with `also`, in the order of the text. */
  readonly also: Also[];
}

/** The sections that a connection's values are looked up in, its own first. */
export type SectionChain = readonly [ConnSection, ...ConnSection[]];

const mostAncestors = 256;
const deepestAlso = 64;
const defaultSection = '%default';

/** The `conn` sections of an `ipsec.conf`, and what they take over from one another. */
export class ConnSections {
  readonly #sections = new Map<string, ConnSection>();
  /** Undefined where the section cannot be resolved. */
  readonly #ancestors = new Map<ConnSection, readonly ConnSection[] | undefined>();
  readonly #problems: ConfProblems;
  #current: ConnSection | undefined;
  #isInSection = false;

  constructor(problems: ConfProblems) {
    this.#problems = problems;
  }

  take(statement: Extract<ConfStatement, { kind: 'section' | 'setting' }>, file: string): void {
    const place = { file, line: statement.line };
    if (statement.kind === 'section') {
      const { name, type } = statement;
      this.#isInSection = true;
      this.#current = type === 'conn' ? this.#open(name, place) : undefined;
      return;
    }
    const { key, value } = statement;
    if (!this.#isInSection) this.#problems.add(place, `${key} stands before any section`);
    if (this.#current === undefined) return;
    const { values, also } = this.#current;
    if (key !== 'also') values.set(key, { ...place, text: value });
    // Every section that takes over none takes over %default.
    else if (value !== undefined && value !== '' && value !== defaultSection)
      also.push({ ...place, base: value });
  }

  /** In the order in which they first stand there; without `%default`. */
  get connections(): readonly ConnSection[] {
    return [...this.#sections.values()].filter(({ name }) => name !== defaultSection);
  }

  /** Names that others take over. */
  bases(): ReadonlySet<string> {
    const sections = [...this.#sections.values()];
    return new Set(sections.flatMap(({ also }) => also.map(({ base }) => base)));
  }

  /** Undefined, with a problem, where it takes over a section that is nowhere, or in a circle. */
  chainOf(section: ConnSection): SectionChain | undefined {
    const ancestors = this.#ancestorsOf(section, []);
    return ancestors && [section, ...ancestors];
  }

  #open(name: string, place: ConfPlace): ConnSection {
    const known = this.#sections.get(name);
    if (known !== undefined) return known;
    const section = { name, place, values: new Map<string, ConfValue>(), also: [] };
    this.#sections.set(name, section);
    return section;
  }

  #ancestorsOf(
    section: ConnSection,
    heirs: readonly ConnSection[],
  ): readonly ConnSection[] | undefined {
    if (this.#ancestors.has(section)) return this.#ancestors.get(section);
    const found = this.#resolve(section, [...heirs, section]);
    this.#ancestors.set(section, found);
    return found;
  }

  /** The last `also` first, each before those that it takes over; of the same ones the last counts. */
  #resolve(section: ConnSection, path: readonly ConnSection[]): readonly ConnSection[] | undefined {
    const all: ConnSection[] = [];
    for (const also of section.also.toReversed()) {
      const base = this.#baseOf(section, also, path);
      const ancestors = base && this.#ancestorsOf(base, path);
      if (base === undefined || ancestors === undefined) return undefined;
      all.push(base, ...ancestors);
      if (all.length > mostAncestors) {
        this.#leaveOut(section, also, `more than ${mostAncestors} sections through also`);
        return undefined;
      }
    }
    const byDefault = this.#sections.get(defaultSection);
    if (all.length === 0) return byDefault === undefined ? [] : [byDefault];
    return [...new Set(all.toReversed())].toReversed();
  }

  #baseOf(section: ConnSection, also: Also, path: readonly ConnSection[]): ConnSection | undefined {
    const base = this.#sections.get(also.base);
    if (base === undefined) {
      this.#leaveOut(section, also, `also=${also.base}, a section that is nowhere`);
    } else if (path.includes(base)) {
      this.#leaveOut(section, also, `also=${also.base}, which takes over ${section.name} in turn`);
    } else if (path.length >= deepestAlso) {
      this.#leaveOut(section, also, `also more than ${deepestAlso} deep`);
    } else {
      return base;
    }
    return undefined;
  }

  #leaveOut({ name }: ConnSection, place: ConfPlace, why: string): void {
    this.#problems.add(place, `conn ${name} is left out: ${why}`);
  }
}

/**
 * What the chain says of a setting that has several names. As in starter each name counts where
 * it first stands, and of two names the one that is found later.
 */
export function valueOf(chain: SectionChain, ...keys: readonly string[]): ConfValue | undefined {
  let found: ConfValue | undefined;
  const seen = new Set<string>();
  for (const { values } of chain) {
    for (const key of keys) {
      const value = values.get(key);
      if (value === undefined || seen.has(key)) continue;
      seen.add(key);
      if (value.text !== undefined) found = value;
    }
    if (seen.size === keys.length) break;
  }
  return found;
}
