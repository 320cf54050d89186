import type { Host } from './host.ts';
import { holderOf } from './links.ts';
import type { TunnelInput, TunnelState } from './tunnel-state.ts';

/**
 * How the interface of a tunnel is: of the configured one, or of the one with its address.
 * Undefined where nobody knows, or where the tunnel has been told.
 */
export function associationOf(
  tunnel: TunnelState,
  { links, linksFrom }: Host,
  at: number,
): (TunnelInput & { kind: 'interface' }) | undefined {
  const { spec, sas } = tunnel;
  const address = spec.local ?? sas.ikeSas.findLast((sa) => sa.established)?.local;
  const holder = address === undefined ? undefined : holderOf(links, address);
  const name = spec.interface ?? holder ?? tunnel.interface;
  const link = name === undefined ? undefined : links.get(name);
  if (link === undefined) return undefined;
  // Without an address of its own a tunnel moves to another one when that of its IKE_SA goes
  // (MOBIKE), in its own time; where it does not, DPD ends it.
  const mayMove = spec.local === undefined && spec.interface === undefined;
  if (mayMove && holder === undefined && link.up) return undefined;
  // An interface found by its address is as good as off without it (IPv6 goes with the link).
  const usable = link.up && (spec.interface !== undefined || holder !== undefined);
  const up = linksFrom === 'nobody' ? undefined : usable;
  if (link.name === tunnel.interface && up === tunnel.interfaceUp) return undefined;
  return { kind: 'interface', at, interface: link.name, up, evidence: link.evidence };
}
