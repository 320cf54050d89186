import type { TunnelConfig } from '../../src/config/config.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { EngineConfig } from '../../src/engine/engine.ts';
import type { SavedState } from '../../src/engine/engine-state.ts';
import type { Observation } from '../../src/events/observation.ts';
import { evidence, holds, noon } from './events.ts';

export function tunnelConfig(name: string, more: Partial<TunnelConfig> = {}): TunnelConfig {
  return {
    name,
    enabled: true,
    role: undefined,
    interface: undefined,
    connections: [],
    children: [],
    local: undefined,
    remote: undefined,
    profile: undefined,
    ...more,
  };
}

export function engineConfig(more: Partial<EngineConfig> = {}): EngineConfig {
  return {
    tunnels: [],
    groups: [],
    gateways: [],
    interfaces: [],
    discover: true,
    saSources: ['statusall'],
    holds,
    ha: { addresses: [] },
    ...more,
  };
}

export const nothingSaved: SavedState = {
  tunnels: [],
  groups: [],
  host: undefined,
  loaded: undefined,
};

/** An engine that has been configured, as app.ts does it. */
export function startEngine(
  config: EngineConfig,
  saved: SavedState = nothingSaved,
  at: number = noon,
): Engine {
  const engine = new Engine(config, saved, at);
  engine.configure(config, at);
  return engine;
}

type Listing = Observation & { kind: 'sa-list' };

export function listing(at: number, more: Partial<Listing> = {}): Listing {
  return {
    kind: 'sa-list',
    source: 'statusall',
    at,
    ikeSas: [],
    childSas: [],
    connections: [],
    evidence,
    ...more,
  };
}

/** A listing of interfaces: name → up, addresses. */
export function links(
  at: number,
  interfaces: Readonly<Record<string, readonly [boolean, ...string[]]>>,
): Observation {
  return {
    kind: 'interface-list',
    at,
    interfaces: Object.entries(interfaces).map(([name, [up, ...addresses]]) => ({
      name,
      up,
      addresses,
      networks: addresses.map((address) => `${address}/24`),
      linkKind: name.startsWith('xfrm') ? 'xfrm' : undefined,
      xfrmIfId: undefined,
    })),
    evidence,
  };
}
