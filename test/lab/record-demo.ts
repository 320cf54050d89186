// Records the appliance that `npm run demo` plays back: node test/lab/record-demo.ts
// What it records, and how, stands in docs/demo.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeRecording, type Line, type Look, type Thinning } from '../../src/demo/encode.ts';
import { mirrored, type Connection, type Secret } from './connections.ts';
import type { Host } from './host.ts';
import { bootLab, type Lab } from './lab.ts';
import * as net from './topology.ts';

type Settings = NonNullable<Connection['settings']>;

/** A tunnel of the firewall. The peer's half mirrors it, and does not renew anything by itself. */
interface Tunnel extends Connection {
  readonly settings: Settings;
  readonly peer: Settings;
}

const passive: Settings = { rekey: 'no', ikelifetime: '2h', keylife: '2h', dpdaction: 'none' };
const ikev2 = { reauth: 'no', ikelifetime: '140s', margintime: '8s', rekeyfuzz: '100%' };
const ikev1 = { ...ikev2, keyexchange: 'ikev1' };
const starts = { dpdaction: 'restart', dpddelay: '5s', keyingtries: '%forever', auto: 'start' };
/** SFOS turns DPD off for the members of a failover group, and limits them to three tries. */
const member = { ...ikev2, keylife: '45s', keyingtries: 3, leftid: 'tokyo.example' };
const toOsaka = { ...member, rightid: 'osaka.example' };
const toNagoya = { ...member, rightid: 'nagoya.example' };
const badProposal = { esp: 'aes128-sha1!' };

function tunnel(
  name: string,
  [wan, gateway]: readonly [number, number],
  [remote, ...locals]: readonly [number, ...number[]],
  settings: Settings,
  peer: Settings = {},
): Tunnel {
  const [local, far] = [net.wanAddress('fw', wan), net.wanAddress('peer', wan, gateway)];
  const subnets = locals.map(
    (lan) => [net.lanSubnet('fw', lan), net.lanSubnet('peer', remote)] as const,
  );
  return { name, local, remote: far, subnets, settings, peer };
}

const hiroshima: Tunnel = {
  name: 'Hiroshima',
  local: net.wanAddress6('fw', 2),
  remote: net.wanAddress6('peer', 2, 4),
  subnets: [[net.lanSubnet6('fw'), net.lanSubnet6('peer', 6)]],
  settings: { ...ikev2, ...starts, keylife: '60s' },
  peer: {},
};
const tunnels: readonly Tunnel[] = [
  tunnel('Osaka_Primary', [1, 0], [0, 0, 1], toOsaka, { dpdaction: 'clear', dpddelay: '3s' }),
  tunnel('Osaka_Backup', [2, 0], [0, 0, 1], toOsaka),
  tunnel('Nagoya_Primary', [2, 1], [1, 0], { ...toNagoya, keylife: '40s', rekeyfuzz: '0%' }),
  tunnel('Nagoya_Backup', [1, 1], [1, 0], toNagoya),
  tunnel('Sapporo', [1, 2], [2, 0], { ...ikev2, ...starts, keylife: '60s' }),
  tunnel('Sendai', [2, 2], [3, 0], { ...ikev1, ...starts, dpddelay: '15s', keylife: '50s' }),
  tunnel('Kyoto', [1, 3], [4, 0], { rekey: 'no' }, { auto: 'start', keyingtries: '%forever' }),
  tunnel('Fukuoka', [2, 3], [5, 0], { ...ikev2, ...starts, keylife: '35s' }),
  hiroshima,
  tunnel('Okayama', [2, 5], [6, 0, 1], { ...ikev2, keylife: '55s', auto: 'start' }),
  tunnel('Kanazawa', [2, 6], [7, 0], { ...ikev2, keylife: '60s', auto: 'start' }),
  tunnel('Kobe', [2, 7], [8, 0], ikev1),
  tunnel('Niigata', [2, 8], [9, 0], { ...ikev2, auto: 'start' }, badProposal),
  tunnel('Naha', [2, 9], [10, 0], { ...ikev2, ...starts }),
  tunnel('Shizuoka', [1, 9], [11, 0], ikev2),
];
const gatewayOf = (name: string): string =>
  tunnels.find((one) => one.name === name)?.remote ?? name;

/** Somebody on the internet whom nobody has configured. */
const stranger: Connection = {
  name: 'Stranger',
  local: net.wanAddress('peer', 2, 10),
  remote: net.wanAddress('fw', 2),
  subnets: [[net.lanSubnet('peer', 9), net.lanSubnet('fw')]],
};

/** One half a host: Okayama's second child and the whole of Naha are unknown to the peer. */
function peerHalf({ peer, ...half }: Tunnel): Connection {
  const { settings, subnets, ...rest } = mirrored(half);
  const accepted = half.name === 'Okayama' ? subnets.slice(0, 1) : subnets;
  return {
    ...rest,
    subnets: accepted,
    settings: { ...settings, ...passive, auto: 'add', dpddelay: undefined, ...peer },
  };
}

/** A key for each tunnel; Kobe's ends do not agree. A test looks for them in the recording. */
function secretsOf(host: 'fw' | 'peer'): readonly Secret[] {
  const own = tunnels.map(({ name, local, remote, settings }) => ({
    between: [settings['leftid'] ?? local, settings['rightid'] ?? remote].map(String),
    psk: `not-for-the-record ${name === 'Kobe' ? host : name}`,
  }));
  return [...own, { between: [stranger.local, stranger.remote], psk: 'not-for-the-record' }];
}

/** Traffic: local LAN, remote LAN, options. */
const pings: readonly (readonly [number, number, ...string[]])[] = [
  [0, 0, '-i1'],
  [1, 0, '-i3', '-s400'],
  [0, 1, '-i1', '-s200'],
  [0, 2, '-i2'],
  [0, 3, '-i2', '-s900'],
  [0, 4, '-i1'],
  [0, 5, '-i0.3', '-s1200'],
  [0, 6, '-i4'],
  [0, 7, '-i1', '-s300'],
];

const format = { time_format: '%F %T', ike_name: true, append: true, flush_line: true };
const charon = {
  filelog: {
    // Which lines SFOS writes to which of the two is not known: here each stands in one of them.
    charonlog: { dmn: -1, lib: -1, knl: -1 },
    service: { path: '/log/strongswan.log', ...format, default: -1, dmn: 1, lib: 1, knl: 1 },
    // The same lines with milliseconds: the moments at which they were written.
    moments: { path: '/log/moments', ...format, time_add_ms: true, default: 1 },
  },
};

interface Output extends Thinning {
  readonly command: string;
}
const outputs: Readonly<Record<string, Output>> = {
  statusall: {
    command: 'ipsec statusall',
    everyMs: 2000,
    essence: (text) => (text.match(/^ *\S+[[{]\d+[\]}]: +[A-Z]+/gm) ?? []).join(),
  },
  'xfrm-state': {
    command: 'ip -s xfrm state list nokeys',
    everyMs: 2000,
    essence: () => '',
  },
  addr: {
    command: 'ip -j -s -d addr',
    everyMs: 15_000,
    essence: (text) => text.replaceAll(/\d+/g, ''),
  },
  'xfrm-stat': { command: 'cat /proc/net/xfrm_stat', everyMs: 2000, essence: () => '' },
};

/** Looks again and again; `parseLooks` reads what it prints. */
const looking = [
  'while :; do',
  ...Object.entries(outputs).map(
    ([name, { command }]) => `printf '\\x1e%s %s\\n' "$EPOCHREALTIME" ${name}; ${command}`,
  ),
  'done',
].join('\n');
const listening =
  'ip monitor link address | while IFS= read -r line; do echo "$EPOCHREALTIME $line"; done';

/** The last look may have been cut short. */
function parseLooks(text: string): readonly Look[] {
  const looks = text.split('\u001E').slice(1, -1);
  return looks.map((look) => {
    const end = look.indexOf('\n');
    const [time, name = ''] = look.slice(0, end).split(' ');
    return { name, at: Number(time) * 1000, text: look.slice(end + 1) };
  });
}

function monitorLines(text: string): readonly Line[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => {
    const blank = line.indexOf(' ');
    return [Number(line.slice(0, blank)) * 1000, 'ip-monitor', line.slice(blank + 1)];
  });
}

/** The lines of both logs, each with the moment of its twin. */
async function logLines(fw: Host): Promise<readonly Line[]> {
  const read = async (name: string): Promise<readonly string[]> =>
    (await fw.readLog(name)).split('\n').slice(0, -1);
  const moments = new Map<string, number[]>();
  for (const line of await read('moments')) {
    const [date, time] = [line.slice(0, 10), line.slice(11, 23)];
    const text = line.slice(23);
    moments.set(text, [...(moments.get(text) ?? []), Date.parse(`${date}T${time}Z`)]);
  }
  const timed = (name: string, lines: readonly string[]): readonly Line[] =>
    lines.flatMap((line) => {
      // Lines that were written between the two reads have no twin; they are beyond the end.
      const at = moments.get(line.slice(19))?.shift();
      return at === undefined ? [] : [[at, name, line] as const];
    });
  return [
    ...timed('charon.log', await read('charon.log')),
    ...timed('strongswan.log', await read('strongswan.log')),
  ];
}

/** Makes a gateway of the peer deaf and dumb, or lets only its ESP vanish. */
async function silence(lab: Lab, gateway: string, what: 'all' | 'esp' | 'nothing'): Promise<void> {
  const [, , wan, number] = gateway.split('.');
  const add = (way: string, match: string): string =>
    `tc -n peer filter add dev wan${wan} ${way} pref ${number} protocol ip flower ${match} action drop`;
  const remove = (way: string): string =>
    `tc -n peer filter del dev wan${wan} ${way} pref ${number} 2> /dev/null || :`;
  const rules = {
    all: [add('egress', `src_ip ${gateway}`), add('ingress', `dst_ip ${gateway}`)],
    esp: [add('egress', `src_ip ${gateway} ip_proto 0x32`)],
    nothing: [remove('egress'), remove('ingress')],
  };
  const qdisc = `tc -n peer qdisc add dev wan${wan} clsact 2> /dev/null || :`;
  await lab.guest.run('-', [qdisc, ...rules[what]].join('\n'));
}

/** Waits inside, where it costs least: the looks must not be held up. */
async function inside(host: Host, condition: string): Promise<void> {
  await host.run(`until ${condition}; do sleep 0.5; done`, { timeoutMs: 60_000 });
}

interface Stage {
  readonly lab: Lab;
  readonly fw: Host;
  readonly peer: Host;
  readonly mark: (text: string) => void;
  /** Resolves so many seconds after the beginning. */
  readonly at: (seconds: number) => Promise<void>;
}

/** What happens, and what the firewall does about it; ends as it began. */
async function story({ lab, fw, peer, mark, at }: Stage): Promise<void> {
  const ipsec = async (verb: 'up' | 'down', ...names: readonly string[]): Promise<void> => {
    for (const name of names) await fw.run(['ipsec', verb, name], { mayFail: true });
  };
  const askAgain = async (): Promise<void> => ipsec('up', 'Niigata-1', 'Okayama-2');

  await at(25);
  mark('wan1 goes down');
  await fw.linkDown(1);
  await at(28);
  mark('Osaka fails over to Osaka_Backup');
  const gone = ipsec('down', 'Osaka_Primary-1'); // which waits for the peer's answer
  await ipsec('up', 'Osaka_Backup-1', 'Osaka_Backup-2');
  await gone;
  await at(45);
  mark("Kanazawa's peer sends no more traffic");
  await silence(lab, gatewayOf('Kanazawa'), 'esp');
  await at(55);
  mark('a stranger asks for a tunnel');
  await peer.run(['ipsec', 'up', 'Stranger-1'], { mayFail: true });
  await askAgain();
  await at(80);
  mark('wan1 comes back');
  await fw.linkUp(1);
  await at(95);
  mark('Osaka fails back to Osaka_Primary');
  await ipsec('down', 'Osaka_Backup-1');
  await ipsec('up', 'Osaka_Primary-1', 'Osaka_Primary-2');
  await at(110);
  mark("Kanazawa's traffic is back");
  await silence(lab, gatewayOf('Kanazawa'), 'nothing');
  await askAgain();
  await at(120);
  // Without DPD charon notices when it renews a child.
  await inside(fw, `ipsec statusall | grep -q 'Nagoya_Primary-1{.*rekeying in [1-3] seconds'`);
  mark("Nagoya_Primary's peer dies in silence");
  await silence(lab, gatewayOf('Nagoya_Primary'), 'all');
  await inside(fw, `grep -q '<Nagoya_Primary-1|[0-9]*> giving up after' /log/charon.log`);
  await pause(2000);
  mark('Nagoya fails over to Nagoya_Backup');
  await ipsec('up', 'Nagoya_Backup-1');
  await at(190);
  mark("Nagoya_Primary's peer is back");
  await silence(lab, gatewayOf('Nagoya_Primary'), 'nothing');
  await at(198);
  mark('Nagoya fails back to Nagoya_Primary');
  await ipsec('down', 'Nagoya_Backup-1');
  await ipsec('up', 'Nagoya_Primary-1');
  await at(215);
  await askAgain();
  await at(250);
}

/** As the firewall does, which starts a tunnel again that could not be established. */
async function keepTrying({ fw, at }: Stage): Promise<void> {
  for (let seconds = 5; seconds < 245; seconds += 20) {
    await at(seconds);
    await fw.run(['ipsec', 'up', 'Kobe-1'], { mayFail: true });
  }
}

async function record(lab: Lab): Promise<string> {
  const known = tunnels.filter(({ name }) => name !== 'Naha').map(peerHalf);
  const peer = await lab.host('peer', {
    connections: [...known, stranger],
    secrets: secretsOf('peer'),
    charon: { dos_protection: false }, // all of these exchanges come from one address
  });
  const fw = await lab.host('fw', { connections: tunnels, secrets: secretsOf('fw'), charon });
  await silence(lab, gatewayOf('Naha'), 'all');
  await peer.startCharon();
  await fw.startCharon();
  for (const name of ['Osaka_Primary-1', 'Osaka_Primary-2', 'Nagoya_Primary-1']) {
    await fw.ipsec('up', name);
  }
  const ping = async (from: string, to: string, options: readonly string[]): Promise<unknown> =>
    fw.spawn(['ping', '-q', ...options, '-I', from, to]);
  for (const [local, remote, ...options] of pings) {
    await ping(net.lanAddress('fw', local), net.lanAddress('peer', remote), options);
  }
  await ping(net.lanAddress6('fw'), net.lanAddress6('peer', 6), ['-i2']);
  const looks = await fw.spawn(looking);
  const monitor = await fw.spawn(listening);
  const { skewMs } = await lab.guest.clock();
  const now = (): number => Date.now() + skewMs;
  const marks: Line[] = [];
  const mark = (text: string): void => {
    marks.push([now(), 'mark', text]);
    process.stderr.write(`${text}\n`);
  };
  await pause(50_000); // by then the renewals of different tunnels no longer fall together
  const begin = now();
  const at = async (seconds: number): Promise<void> => pause(begin + seconds * 1000 - now());
  const stage = { lab, fw, peer, mark, at };
  await Promise.all([story(stage), keepTrying(stage)]);
  const lines = [...marks, ...(await logLines(fw)), ...monitorLines(monitor.stdout())];
  const observed = { begin, end: now(), lines, looks: parseLooks(looks.stdout()) };
  const { stdout } = await fw.run('ipsec --version | head -n 1');
  return encodeRecording(observed, outputs, { recordedOn: stdout.trim() });
}

await using lab = await bootLab({ gateways: 10, lans: 10 });
const target = join(import.meta.dirname, '../../src/demo/recording/appliance.jsonl');
const text = await record(lab);
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, text);
process.stderr.write(`${target}: ${text.length} bytes\n`);
