import type { InventoryTunnel } from '../../events/inventory.ts';
import { addressOf, identityOf, listOf, proposalsOf, secondsOf, subnetOf } from './conf-values.ts';
import type { ConfProblems } from './conf-problems.ts';
import { valueOf } from './ipsec-conf-sections.ts';
import type { SectionChain } from './ipsec-conf-sections.ts';

interface TunnelOptions {
  /** Whether another section takes this one over. */
  readonly isBase: boolean;
  readonly ownAddresses: ReadonlySet<string>;
  readonly problems: ConfProblems;
}

const endKeys = ['', 'subnet', 'id', 'protoport', 'sourceip', 'allowany', 'cert'];
const usedKeys = `type keyexchange auto ikelifetime lifetime keylife margintime rekeymargin
  rekeyfuzz rekey dpdaction dpddelay dpdtimeout inactivity ike esp ah`.split(/\s+/);
/** Those of strongSwan that are of no use here. */
const otherKeys = `aaa_identity aggressive authby auth closeaction compress copy_df copy_dscp
  copy_ecn dpd eap eap_identity forceencaps fragmentation hw_offload ikedscp installpolicy
  interface keyingtries lifebytes lifepackets marginbytes marginpackets mark mark_in mark_out
  me_peerid mediated_by mediation mobike modeconfig pfs pfsgroup reauth reqid replay_window
  set_mark_in set_mark_out sha256_96 tfc xauth xauth_identity if_id_in if_id_out`.split(/\s+/);
const otherEndKeys = `auth auth2 ca ca2 cert2 certpolicy dns firewall groups groups2 hostaccess
  id2 ikeport nexthop rsasigkey sendcert sigkey updown`.split(/\s+/);
const known = new Set([
  ...usedKeys,
  ...otherKeys,
  ...['left', 'right'].flatMap((end) => [...endKeys, ...otherEndKeys].map((key) => end + key)),
]);

export function isKnownKey(key: string): boolean {
  return known.has(key);
}

/** Starter's own values, in seconds and percent. */
const defaults = { ikeLife: 10_800, life: 3600, margin: 540, fuzz: 100, delay: 30, timeout: 150 };

const roles = {
  ignore: undefined,
  add: 'responder',
  route: 'initiator',
  start: 'initiator',
} as const;
const versions = { ike: undefined, ikev1: 1, ikev2: 2 } as const;
/** They are policies without a tunnel. */
const shunts: ReadonlySet<string | undefined> = new Set(['passthrough', 'pass', 'drop', 'reject']);

/** A connection as charon is given it; undefined for one that never becomes a tunnel. */
export function ipsecConfTunnel(
  chain: SectionChain,
  { isBase, ownAddresses, problems }: TunnelOptions,
): InventoryTunnel | undefined {
  const settings = new Settings(chain, problems);
  const auto = settings.oneOf('auto', roles, 'ignore');
  if ((auto === 'ignore' && isBase) || shunts.has(settings.text('type'))) return undefined;
  // charon takes the left end for its own unless the right one has an address of this host.
  const isSwapped = listOf(settings.text('right')).some((address) => ownAddresses.has(address));
  const [local, remote] = [
    endOf(settings, isSwapped ? 'right' : 'left'),
    endOf(settings, isSwapped ? 'left' : 'right'),
  ];
  const exchange = settings.oneOf('keyexchange', versions, 'ike');
  const [{ name, place, also }] = chain;
  return {
    name,
    origin: place.file,
    enabled: auto !== 'ignore',
    role: remote.hasPool ? 'remote-access' : auto && roles[auto],
    interface: undefined,
    local: local.address,
    remote: remote.address,
    localId: local.id,
    remoteId: remote.id,
    version: exchange && versions[exchange],
    profile: also.at(-1)?.base,
    connections: [],
    children: [name],
    selectors: [{ local: local.subnets, remote: remote.subnets }],
    ...times(settings),
    algorithms: proposalsOf(settings.text('ike'), settings.text('esp'), settings.text('ah')),
  };
}

interface End {
  readonly address: string | undefined;
  readonly id: string | undefined;
  readonly subnets: readonly string[];
  /** Whether addresses are given to it: it is a road warrior. */
  readonly hasPool: boolean;
}

function endOf(settings: Settings, end: 'left' | 'right'): End {
  const host = settings.text(end);
  const allowsAny = settings.text(`${end}allowany`) === 'yes';
  const id = settings.text(`${end}id`);
  // Without an ID it is the subject of the certificate, and the address where there is none.
  const hasCertificate = settings.text(`${end}cert`) !== undefined;
  const subnets = listOf(settings.text(`${end}subnet`));
  const protocolAndPort = settings.text(`${end}protoport`);
  const pool = settings.text(`${end}sourceip`);
  return {
    address: allowsAny ? undefined : addressOf(host),
    id: id === undefined && hasCertificate ? undefined : identityOf(id ?? host),
    subnets: (subnets.length > 0 ? subnets : ['dynamic']).map((one) =>
      subnetOf(one, protocolAndPort),
    ),
    hasPool: pool !== undefined && !/^%(?:modecfg|modeconfig|config|cfg)/.test(pool),
  };
}

type Times = Pick<
  InventoryTunnel,
  | 'ikeLifeSeconds'
  | 'childLifeSeconds'
  | 'marginSeconds'
  | 'marginFuzzPercent'
  | 'dpdDelaySeconds'
  | 'dpdTimeoutSeconds'
  | 'idleSeconds'
>;

/** All of them: zero is strongSwan's word for never. */
function times(settings: Settings): Times {
  const rekeys = settings.text('rekey') !== 'no';
  const detects = ![undefined, 'none'].includes(settings.text('dpdaction'));
  // Only IKEv1 heeds it; IKEv2 retransmits.
  const hasTimeout = detects && settings.text('keyexchange') === 'ikev1';
  const margin = settings.seconds(defaults.margin, 'margintime', 'rekeymargin');
  const delay = settings.seconds(defaults.delay, 'dpddelay');
  const timeout = settings.seconds(defaults.timeout, 'dpdtimeout');
  return {
    ikeLifeSeconds: settings.seconds(defaults.ikeLife, 'ikelifetime'),
    childLifeSeconds: settings.seconds(defaults.life, 'keylife', 'lifetime'),
    marginSeconds: rekeys ? margin : undefined,
    marginFuzzPercent: rekeys ? settings.percent(defaults.fuzz, 'rekeyfuzz') : undefined,
    dpdDelaySeconds: detects ? delay : undefined,
    dpdTimeoutSeconds: hasTimeout ? timeout : undefined,
    idleSeconds: settings.seconds(0, 'inactivity'),
  };
}

/** The values of one connection; what cannot be read is a problem, and as if it were not there. */
class Settings {
  readonly #chain: SectionChain;
  readonly #problems: ConfProblems;

  constructor(chain: SectionChain, problems: ConfProblems) {
    this.#chain = chain;
    this.#problems = problems;
  }

  text(key: string): string | undefined {
    return valueOf(this.#chain, key)?.text;
  }

  /** Undefined where it is none of the words. */
  oneOf<T extends object>(key: string, words: T, otherwise: keyof T): keyof T | undefined {
    const value = valueOf(this.#chain, key);
    if (value?.text === undefined) return otherwise;
    if (isKey(words, value.text)) return value.text;
    this.#problems.add(value, `${key}=${value.text} is none of ${Object.keys(words).join(', ')}`);
    return undefined;
  }

  seconds(otherwise: number, ...keys: readonly string[]): number | undefined {
    return this.#number(keys, otherwise, secondsOf, 'a time such as 90s, 15m or 8h') || undefined;
  }

  percent(otherwise: number, key: string): number | undefined {
    return this.#number([key], otherwise, percentOf, 'a share such as 100%');
  }

  #number(
    keys: readonly string[],
    otherwise: number,
    parse: (text: string) => number | undefined,
    what: string,
  ): number | undefined {
    const value = valueOf(this.#chain, ...keys);
    if (value?.text === undefined) return otherwise;
    const number = parse(value.text);
    if (number === undefined)
      this.#problems.add(value, `${keys.join(' or ')}=${value.text} is not ${what}`);
    return number;
  }
}

function isKey<T extends object>(words: T, text: string): text is keyof T & string {
  return Object.hasOwn(words, text);
}

function percentOf(text: string): number | undefined {
  const digits = /^(\d{1,6})%$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
