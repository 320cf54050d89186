import type { StoreConfig } from '../../src/config/config.ts';
import type { LogPosition } from '../../src/events/log-position.ts';
import type { Change } from '../../src/events/change.ts';
import { setAside } from '../../src/platform/system.ts';
import { Store } from '../../src/store/store.ts';
import type { Commit } from '../../src/store/store.ts';
import { nothingSaved } from './engine.ts';
import { evidence, noon } from './events.ts';

export const storeConfig: StoreConfig = {
  directory: '',
  retentionMs: 90 * 86_400_000,
  maxBytes: 512 * 1024 * 1024,
};

/** Opens a store; its warnings are kept in `said`. */
export function openStore(
  path: string,
  said: string[] = [],
  config: Partial<StoreConfig> = {},
  aside: (name: string) => string = (name) => setAside(name, noon),
): Store {
  return new Store(
    path,
    { ...storeConfig, ...config },
    { setAside: aside, warn: (message) => said.push(message) },
  );
}

export function commitOf(more: Partial<Commit> = {}): Commit {
  return {
    positions: [],
    state: { ...nothingSaved, forgotten: { tunnels: [], groups: [] } },
    journals: [],
    changes: [],
    ...more,
  };
}

export function position(path: string, offset: number): LogPosition {
  return {
    path,
    device: 1,
    inode: 2,
    headBytes: 0,
    headHash: '',
    offset,
    lines: 0,
    tailHash: '',
    modifiedAt: noon,
  };
}

/** Something that happened to a tunnel. */
export function noted(code: string, at: number = noon, tunnel = 'T'): Change {
  return { kind: 'event', at, tunnel, code, evidence };
}
