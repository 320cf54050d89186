import type { LoadedConnection } from '../events/security-associations.ts';
import { forgetMs } from './inventory.ts';

/** So many connections are known at a time. */
const mostConnections = 16_384;

/**
 * The connections that charon has loaded. One that is gone from the list may only be reloading: it
 * stays for a while.
 */
export class LoadedConnections {
  readonly #goneSince = new Map<string, number>();

  /** The list after a listing, and how many are left out because there are too many. */
  next(
    before: readonly LoadedConnection[],
    listed: readonly LoadedConnection[],
    at: number,
  ): { readonly loaded: readonly LoadedConnection[]; readonly dropped: number } {
    const names = new Set(listed.map(({ name }) => name));
    for (const name of names) this.#goneSince.delete(name);
    const gone = before.filter(({ name }) => !names.has(name) && this.#isRemembered(name, at));
    const all = [...listed, ...gone];
    const loaded = all.slice(0, mostConnections);
    return { loaded, dropped: all.length - loaded.length };
  }

  #isRemembered(name: string, at: number): boolean {
    const since = this.#goneSince.get(name) ?? at;
    const isRemembered = at - since < forgetMs;
    if (isRemembered) this.#goneSince.set(name, since);
    else this.#goneSince.delete(name);
    return isRemembered;
  }
}
