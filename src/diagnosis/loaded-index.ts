import type { LoadedConnection } from '../events/security-associations.ts';

/** Finds loaded connections by their own names and those of their children, without case. */
export class LoadedIndex {
  #loaded: readonly LoadedConnection[] = [];
  #byName = new Map<string, readonly LoadedConnection[]>();

  /** The connections of these names in what charon has loaded, each once. */
  find(loaded: readonly LoadedConnection[], names: readonly string[]): readonly LoadedConnection[] {
    if (loaded !== this.#loaded) this.#index(loaded);
    const found = names.flatMap((name) => this.#byName.get(name.toLowerCase()) ?? []);
    return [...new Set(found)];
  }

  #index(loaded: readonly LoadedConnection[]): void {
    this.#loaded = loaded;
    this.#byName = new Map();
    for (const connection of loaded) {
      for (const { name } of [connection, ...connection.children]) {
        const key = name.toLowerCase();
        this.#byName.set(key, [...(this.#byName.get(key) ?? []), connection]);
      }
    }
  }
}
