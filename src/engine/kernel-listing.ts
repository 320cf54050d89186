import type { XfrmState } from '../events/security-associations.ts';
import type { ChildSa } from './sa-set.ts';
import type { TunnelState } from './tunnel-state.ts';

/** The SAs of the kernel, found by what ties them to a tunnel. */
interface Index {
  readonly spis: ReadonlySet<string | undefined>;
  readonly byReqid: ReadonlyMap<number | undefined, readonly XfrmState[]>;
}

/**
 * What the kernel alone can say: which children of each tunnel are installed. It knows neither
 * names nor IKE_SAs. A child is known by its SPIs; one that was rekeyed meanwhile by its reqid,
 * which stays; and where none is known, by the peer's address. A tunnel whose peer is unknown, or
 * whose peer has SAs that may be another tunnel's, is left out.
 */
export function installedChildren(
  states: readonly XfrmState[],
  tunnels: readonly TunnelState[],
): ReadonlyMap<string, readonly ChildSa[]> {
  // One that is being negotiated has no algorithm yet, though its SPI may be allocated.
  const real = states.filter(({ encryption, integrity }) => encryption ?? integrity);
  const index: Index = {
    spis: new Set(real.map(({ spi }) => spi)),
    byReqid: Map.groupBy(real, ({ reqid }) => reqid),
  };
  const peers = Map.groupBy(tunnels, (tunnel) => peerOf(tunnel));
  return new Map(
    tunnels.flatMap((tunnel) => {
      const { spec, sas } = tunnel;
      const peer = peerOf(tunnel);
      const isAlone = peers.get(peer)?.length === 1;
      const children =
        sas.childSas.length > 0
          ? sas.childSas.flatMap((sa) => stillInstalled(sa, peer, index))
          : strangers(tunnel, peer, index);
      const isKnown = sas.childSas.length > 0 || children.length === 0 || isAlone;
      return peer !== undefined && isKnown ? [[spec.name, children]] : [];
    }),
  );
}

function peerOf({ spec, sas }: TunnelState): string | undefined {
  return sas.ikeSas.at(-1)?.remote ?? spec.remote;
}

function stillInstalled(sa: ChildSa, peer: string | undefined, index: Index): readonly ChildSa[] {
  if (index.spis.has(sa.spiIn) || index.spis.has(sa.spiOut)) return [sa];
  const renewed = sa.reqid === undefined ? undefined : index.byReqid.get(sa.reqid);
  return renewed === undefined ? [] : [{ ...sa, ...spisOf(renewed, peer) }];
}

function strangers(
  { spec }: TunnelState,
  peer: string | undefined,
  { byReqid }: Index,
): readonly ChildSa[] {
  const theirs = [...byReqid].filter(([, states]) => states.some(({ src }) => src === peer));
  return theirs.map(([reqid, states], i) => ({
    // Which child it is the kernel does not tell, only how many there are.
    child: spec.children[i] ?? `reqid ${reqid}`,
    childId: 0,
    ikeId: undefined,
    reqid,
    ...spisOf(states, peer),
    localTs: [],
    remoteTs: [],
  }));
}

/** The newest of each direction. */
function spisOf(
  states: readonly XfrmState[],
  peer: string | undefined,
): Pick<ChildSa, 'spiIn' | 'spiOut'> {
  return {
    spiIn: states.findLast(({ src }) => src === peer)?.spi,
    spiOut: states.findLast(({ dst }) => dst === peer)?.spi,
  };
}
