import type { InventoryTunnel } from '../../events/inventory.ts';

/**
 * SFOS calls the subnet pairs of its connection `X` `X-1` … `X-N`. Makes one tunnel `X` of them
 * where that is certain: they stand in a file of their own, `X.conf`, or there are several with
 * the same ends. By their names alone `Branch-1` and `Branch-2` may well be two sites.
 */
export class SubnetPairs {
  readonly #all: InventoryTunnel[] = [];
  readonly #names = new Set<string>();
  /** By stem in lower case, then by ends. */
  readonly #byStem = new Map<string, Map<string, InventoryTunnel[]>>();

  add(tunnel: InventoryTunnel): void {
    this.#all.push(tunnel);
    this.#names.add(tunnel.name.toLowerCase());
    const stem = stemOf(tunnel.name)?.toLowerCase();
    if (stem === undefined) return;
    const ends = this.#byStem.get(stem) ?? new Map<string, InventoryTunnel[]>();
    const key = endsOf(tunnel);
    const pairs = ends.get(key) ?? [];
    pairs.push(tunnel);
    ends.set(key, pairs);
    this.#byStem.set(stem, ends);
  }

  /** All tunnels, each in the place of its first pair; lazily, so that others may have a turn. Once. */
  *joined(): Generator<InventoryTunnel> {
    const joined = new Map<InventoryTunnel, readonly InventoryTunnel[]>();
    for (const tunnel of this.#all) {
      const stem = stemOf(tunnel.name)?.toLowerCase() ?? '';
      const ends = this.#byStem.get(stem);
      if (ends !== undefined) {
        this.#byStem.delete(stem);
        const pairs = this.#pairsOf(stem, [...ends.values()]);
        for (const pair of pairs) joined.set(pair, pairs);
      }
      const pairs = joined.get(tunnel);
      if (pairs === undefined) yield tunnel;
      else if (pairs[0] === tunnel) yield joinedTunnel(tunnel, pairs);
    }
  }

  /** The pairs that are one tunnel; two that could both be `X` stay what they are. */
  #pairsOf(
    stem: string,
    ends: readonly (readonly InventoryTunnel[])[],
  ): readonly InventoryTunnel[] {
    const certain = ends.filter((pairs) => areOne(pairs, stem));
    const [pairs = []] = certain;
    return certain.length > 1 || this.#names.has(stem) ? [] : pairs;
  }
}

function areOne(pairs: readonly InventoryTunnel[], stem: string): boolean {
  const file = `/${stem}.conf`;
  return pairs.length > 1 || pairs.every(({ origin }) => `/${origin}`.toLowerCase().endsWith(file));
}

const suffix = /(?<=.)-\d{1,6}$/s;

function stemOf(name: string): string | undefined {
  return suffix.test(name) ? name.replace(suffix, '') : undefined;
}

function endsOf({ local, remote, localId, remoteId, version }: InventoryTunnel): string {
  return [local, remote, localId, remoteId, version].join('\n');
}

function joinedTunnel(first: InventoryTunnel, pairs: readonly InventoryTunnel[]): InventoryTunnel {
  return {
    ...first,
    name: first.name.replace(suffix, ''),
    enabled: pairs.some(({ enabled }) => enabled),
    role: pairs.find(({ role }) => role !== undefined)?.role,
    children: pairs.flatMap(({ children }) => children),
    selectors: pairs.flatMap(({ selectors }) => selectors),
    algorithms: [...new Set(pairs.flatMap(({ algorithms }) => algorithms))],
  };
}
