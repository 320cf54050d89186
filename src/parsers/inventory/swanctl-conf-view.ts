import type { ConfProblems } from './conf-problems.ts';
import type { SwanctlSection, SwanctlValue } from './swanctl-conf-sections.ts';

const deepest = 64;
const mostSections = 256;

/** What a section says together with all that it takes over; its own word comes first. */
export class SwanctlView {
  readonly #sections: readonly SwanctlSection[];
  readonly #resolver: Resolver;

  static of(root: SwanctlSection, problems: ConfProblems): SwanctlView {
    return new SwanctlView([root], new Resolver(root, problems));
  }

  constructor(sections: readonly SwanctlSection[], resolver: Resolver) {
    this.#sections = sections;
    this.#resolver = resolver;
  }

  /** The first of the sections: itself, where it is not taken over as a whole. */
  get own(): SwanctlSection | undefined {
    return this.#sections[0];
  }

  get(key: string): SwanctlValue | undefined {
    return this.#sections.find(({ values }) => values.has(key))?.values.get(key);
  }

  section(name: string): SwanctlView {
    return new SwanctlView(this.#resolver.inside(this.#sections, name), this.#resolver);
  }

  /** Names of the sections in it, in the order in which they are found. */
  get names(): readonly string[] {
    return [...new Set(this.#sections.flatMap(({ sections }) => [...sections.keys()]))];
  }

  get keys(): readonly string[] {
    return [...new Set(this.#sections.flatMap(({ values }) => [...values.keys()]))];
  }
}

/** Finds sections by their full names, each with those that it takes over. */
class Resolver {
  readonly #root: SwanctlSection;
  readonly #problems: ConfProblems;
  /** Undefined while it is being resolved. */
  readonly #known = new Map<SwanctlSection, readonly SwanctlSection[] | undefined>();
  #depth = 0;

  constructor(root: SwanctlSection, problems: ConfProblems) {
    this.#root = root;
    this.#problems = problems;
  }

  inside(sections: readonly SwanctlSection[], name: string): readonly SwanctlSection[] {
    const found = sections.flatMap((one) => {
      const inner = one.sections.get(name);
      return inner === undefined ? [] : this.#withBases(inner);
    });
    return [...new Set(found)].slice(0, mostSections);
  }

  /** Itself, then what it takes over, and what that takes over in turn. */
  #withBases(section: SwanctlSection): readonly SwanctlSection[] {
    const known = this.#known.get(section);
    if (known !== undefined) return known;
    const complain = (why: string): void =>
      this.#problems.add(section.place, `${section.name} ${why}`);
    if (this.#known.has(section) || this.#depth >= deepest) {
      complain(
        this.#depth >= deepest
          ? `takes over sections more than ${deepest} deep`
          : 'takes over itself',
      );
      return [];
    }
    this.#known.set(section, undefined);
    this.#depth += 1;
    const found = section.bases.flatMap((base) => {
      const sections = this.#find(base);
      if (sections.length === 0) complain(`takes over ${base}, a section that is nowhere`);
      return sections;
    });
    this.#depth -= 1;
    const all = [...new Set([section, ...found])].slice(0, mostSections);
    this.#known.set(section, all);
    return all;
  }

  #find(path: string): readonly SwanctlSection[] {
    let found: readonly SwanctlSection[] = [this.#root];
    for (const name of path.split('.').slice(0, deepest)) found = this.inside(found, name);
    return found;
  }
}
