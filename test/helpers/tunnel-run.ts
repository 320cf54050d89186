import type { Change } from '../../src/events/change.ts';
import { nextTunnel } from '../../src/engine/tunnel.ts';
import { newTunnel } from '../../src/engine/tunnel-state.ts';
import type { TunnelInput, TunnelState } from '../../src/engine/tunnel-state.ts';
import { evidence, holds, listedChild, listedIke, noon, spec } from './events.ts';

export const second = 1000;
/** The canonical tunnel with one child. */
export const one = { ...spec, children: ['T-1'] };

interface Run {
  readonly state: TunnelState;
  readonly changes: readonly Change[];
}

/** Feeds inputs one after the other. */
export function run(state: TunnelState, ...inputs: readonly TunnelInput[]): Run {
  const changes: Change[] = [];
  let now = state;
  for (const input of inputs) {
    const step = nextTunnel(now, input, holds);
    now = step.state;
    changes.push(...step.changes);
  }
  return { state: now, changes };
}

export function listed(
  at: number,
  children: readonly [string, number][] = [['T-1', 1]],
  ikeId = 1,
): TunnelInput {
  return {
    kind: 'listed',
    at,
    ikeSas: [listedIke(ikeId)],
    childSas: children.map(([name, id]) => listedChild(name, id, { ikeId })),
    evidence,
  };
}

export function empty(at: number): TunnelInput {
  return { kind: 'listed', at, ikeSas: [], childSas: [], evidence };
}

export function tick(at: number): TunnelInput {
  return { kind: 'tick', at };
}

/** A tunnel of one child that has been up since noon. */
export function upTunnel(own = one): TunnelState {
  return run(newTunnel(own, noon), listed(noon)).state;
}

/** Only the changes of state, in short. */
export function moves(changes: readonly Change[]): readonly string[] {
  return changes.flatMap((change) =>
    change.kind === 'tunnel' ? [`${change.from} > ${change.to} (${change.cause})`] : [],
  );
}
