import { evidenceText } from '../events/evidence.ts';
import type { Observation } from '../events/observation.ts';
import type { LoadedConnection } from '../events/security-associations.ts';
import { parseInterfaces } from '../parsers/ip-addr.ts';
import { parseStatusall } from '../parsers/statusall.ts';
import { parseXfrmPolicies } from '../parsers/xfrm-policy.ts';
import { parseXfrmStat } from '../parsers/xfrm-stat.ts';
import { parseXfrmStates } from '../parsers/xfrm-state.ts';
import type { OutputKind } from './recognise.ts';

/** The output of a command that somebody saved. */
export interface SavedOutput {
  readonly kind: OutputKind;
  readonly name: string;
  /** When it was taken, as far as the file tells, milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** What an output says. */
export type Seen =
  | {
      readonly ok: true;
      readonly observation: Observation | undefined;
      readonly connections: readonly LoadedConnection[];
    }
  /** A sentence about it, without its name. */
  | { readonly ok: false; readonly detail: string };

const nothing = { ok: true, observation: undefined, connections: [] } as const;

/** Reads an output as the daemon would have read it from the command. */
export function readOutput({ kind, name, at, text }: SavedOutput): Seen {
  const evidence = (said: string) => ({ source: name, at, text: evidenceText(said) });
  switch (kind) {
    case 'statusall': {
      const listing = parseStatusall(text);
      if (!listing.ok) return { ok: false, detail: 'is not a whole output of ipsec statusall' };
      const { up, connecting, ikeSas, childSas, connections } = listing;
      if (!listing.complete) return { ...nothing, connections };
      const said = `Security Associations (${up} up, ${connecting} connecting)`;
      const observation: Observation = {
        kind: 'sa-list',
        source: 'statusall',
        at,
        ikeSas,
        childSas,
        connections,
        evidence: evidence(said),
      };
      return { ...nothing, observation, connections };
    }
    case 'xfrm-state':
      return {
        ...nothing,
        observation: { kind: 'xfrm-states', at, states: parseXfrmStates(text).states },
      };
    case 'xfrm-policy':
      return {
        ...nothing,
        observation: { kind: 'xfrm-policies', at, policies: parseXfrmPolicies(text).policies },
      };
    case 'xfrm-stat':
      return {
        ...nothing,
        observation: { kind: 'xfrm-errors', at, counters: parseXfrmStat(text) },
      };
    case 'interfaces': {
      const interfaces = parseInterfaces(text);
      if (interfaces === undefined)
        return { ok: false, detail: 'is not a whole output of ip addr' };
      const down = interfaces.filter(({ up }) => !up).map((link) => link.name);
      const said = down.length === 0 ? 'all interfaces up' : `down: ${down.join(', ')}`;
      const observation: Observation = {
        kind: 'interface-list',
        at,
        interfaces,
        evidence: evidence(said),
      };
      return { ...nothing, observation };
    }
    default:
      return kind satisfies never;
  }
}
