import type { Engine } from '../engine/engine.ts';
import type { TunnelState } from '../engine/tunnel-state.ts';
import { copyOf } from '../events/copy-of.ts';
import type { LogEvent } from '../events/log-event.ts';

/** Whom a line concerns: tunnels, or failing that a peer that nobody has configured. */
export interface Concerned {
  readonly tunnels: readonly string[];
  /** Address of the unknown peer. */
  readonly peer: string | undefined;
}

const nobody: Concerned = { tunnels: [], peer: undefined };

/** IKE_SAs that are remembered with whom they belong to. */
const mostExchanges = 512;

/** Messages that never name anybody belong to what the same file spoke of so shortly before. */
const nearMs = 1000;

/** States in which a tunnel negotiates nothing. */
const atRest: ReadonlySet<string> = new Set(['up', 'standby', 'disabled']);

/** Messages that charon writes outside of any IKE_SA, and those of the guide, which name nobody. */
const nameless = /^(?:guide|kernel)\./;

/**
 * Finds out whom a line concerns that names no connection: by the IKE_SA's unique id where another
 * line has told, by the peer's address, by the peer's ID, and for messages that never tell by the
 * line before, or because one tunnel only is not up. Strangers stay strangers.
 */
export class Attribution {
  readonly #exchanges = new Map<number, Concerned>();
  #newest: number | undefined;
  #last: { readonly source: string; readonly at: number; readonly to: Concerned } | undefined;

  of(event: LogEvent, engine: Engine): Concerned {
    if (event.kind === 'daemon' && event.change === 'started') this.#exchanges.clear();
    const found = this.#find(event, engine);
    if (found === nobody) return nobody;
    if (event.ikeId !== undefined) this.#learn(event.ikeId, found);
    this.#last = { source: event.evidence.source, at: event.at, to: found };
    return found;
  }

  #find(event: LogEvent, engine: Engine): Concerned {
    const named = engine.targetsOf(event);
    if (named.length > 0) return { tunnels: named, peer: undefined };
    if (event.connection !== undefined) return nobody;
    const address = addressOf(event);
    const known = event.ikeId === undefined ? undefined : this.#exchanges.get(event.ikeId);
    // An exchange with an unknown peer may yet turn out to be one of ours: by its ID.
    const mayBeOurs = known?.peer !== undefined && fieldsIn(event)['remoteId'] !== undefined;
    if (known !== undefined && !mayBeOurs) return known;
    if (address !== undefined) {
      const tunnels = tunnelsOf(event, address, engine);
      return { tunnels, peer: tunnels.length === 0 ? copyOf(address) : undefined };
    }
    return nameless.test(event.code) ? this.#near(event, engine) : nobody;
  }

  #near({ at, evidence }: LogEvent, engine: Engine): Concerned {
    const last = this.#last;
    if (last?.source === evidence.source && at - last.at <= nearMs) return last.to;
    const inNeed = [...engine.tunnels.values()].filter(({ state }) => !atRest.has(state));
    return inNeed.length === 1 ? { tunnels: names(inNeed), peer: undefined } : nobody;
  }

  #learn(ikeId: number, concerned: Concerned): void {
    if (ikeId !== this.#newest) this.#exchanges.delete(ikeId);
    this.#newest = ikeId;
    this.#exchanges.set(ikeId, concerned);
    if (this.#exchanges.size > mostExchanges) {
      this.#exchanges.delete(this.#exchanges.keys().next().value!);
    }
  }
}

/** The peer's address, as far as the line or the packet that it is about tells. */
function addressOf(event: LogEvent): string | undefined {
  if (event.kind === 'ike-peer-initiating') return event.peer;
  const fields = fieldsIn(event);
  return fields['remote'] ?? fields['peer'] ?? event.peerAddress;
}

function fieldsIn(event: LogEvent): Readonly<Partial<Record<string, string>>> {
  return 'fields' in event ? event.fields : {};
}

/** The tunnels with a peer: by its address; where several share it, by its ID, or those in need. */
function tunnelsOf(event: LogEvent, address: string, engine: Engine): readonly string[] {
  const tunnels = [...engine.tunnels.values()];
  const remoteId = fieldsIn(event)['remoteId']?.toLowerCase();
  const withId =
    remoteId === undefined
      ? []
      : tunnels.filter(({ spec }) => spec.remoteId?.toLowerCase() === remoteId);
  const there = tunnels.filter((tunnel) => isAt(tunnel, address));
  const both = there.filter((tunnel) => withId.includes(tunnel));
  if (both.length > 0) return names(both);
  if (there.length <= 1) return names(there.length > 0 ? there : withId);
  return names(there.filter(({ state }) => state !== 'up'));
}

function isAt({ spec, sas }: TunnelState, address: string): boolean {
  return spec.remote === address || sas.ikeSas.some(({ remote }) => remote === address);
}

function names(tunnels: readonly TunnelState[]): readonly string[] {
  return tunnels.map(({ spec }) => spec.name);
}
