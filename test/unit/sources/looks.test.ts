import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandConfig } from '../../../src/config/config.ts';
import type { Exec, ExecResult } from '../../../src/platform/exec.ts';
import {
  lookAtCharon,
  lookAtInterfaces,
  lookAtKernel,
  lookAtPolicies,
  lookAtXfrmErrors,
  readOver,
} from '../../../src/sources/looks.ts';
import { noon } from '../../helpers/events.ts';
import { endsWith, fakeExec } from '../../helpers/fake-exec.ts';

const command: CommandConfig = {
  argv: ['ipsec', 'statusall'],
  schedule: '*/10 * * * * *',
  timeoutMs: 5000,
  required: true,
};

/** A listing with one tunnel that is up. */
const listing = `Status of IKE charon daemon (strongSwan 5.9.8, Linux 6.1.0, x86_64):
  uptime: 4 seconds, since Nov 23 11:50:28 2026
  worker threads: 11 of 16 idle, 5/0/0/0 working, job queue: 0/0/0/0, scheduled: 4
  loaded plugins: charon aes
Listening IP addresses:
  192.0.2.1
Connections:
        HQ-1:  192.0.2.1...198.51.100.1  IKEv2
        HQ-1:   local:  [hq] uses pre-shared key authentication
        HQ-1:   remote: [branch] uses pre-shared key authentication
        HQ-1:   child:  10.1.0.0/24 === 10.2.0.0/24 TUNNEL
Security Associations (1 up, 0 connecting):
        HQ-1[1]: ESTABLISHED 4 seconds ago, 192.0.2.1[hq]...198.51.100.1[branch]
        HQ-1{1}:  INSTALLED, TUNNEL, reqid 1, ESP SPIs: c1a2b3d4_i 0de4f5a6_o
        HQ-1{1}:   10.1.0.0/24 === 10.2.0.0/24
`;
const header = listing.slice(0, listing.indexOf('Connections:'));

/** What a look says, in short. */
async function charon(result: Exec | Partial<ExecResult & { ok: true }>): Promise<string> {
  const exec = typeof result === 'function' ? result : endsWith(result);
  const look = await lookAtCharon(command, exec)(noon);
  if (!look.ok) return `could not look: ${look.detail}`;
  return look.events.map(({ kind, at }) => `${kind} +${at - noon}`).join();
}

const refused =
  "connecting to 'unix:///var/run/charon.ctl' failed: Connection refused\nfailed to connect to stroke socket 'unix:///var/run/charon.ctl'";

for (const [what, result, said] of [
  ['charon answers', { stdout: listing }, 'sa-list +0'],
  ['charon answers, no starter', { stdout: listing, status: 3 }, 'sa-list +0'],
  ['charon answers, with a warning', { stdout: listing, stderr: 'hm' }, 'sa-list +0'],
  ['silence', {}, 'daemon-absent +0'],
  ['silence, no starter', { status: 3 }, 'daemon-absent +0'],
  ['blank lines', { stdout: '\n', stderr: ' \n', status: 3 }, 'daemon-absent +0'],
  ['silence and a failure', { status: 1 }, 'could not look: ipsec statusall ended with status 1'],
  [
    'silence, and no such command in a wrapper',
    { status: 127 },
    'could not look: ipsec statusall ended with status 127',
  ],
  ['connection refused', { stderr: refused, status: 0 }, 'daemon-absent +0'],
  ['connection refused, status 1', { stderr: refused, status: 1 }, 'daemon-absent +0'],
  ['connection refused, status 7', { stderr: refused, status: 7 }, 'daemon-absent +0'],
  [
    'no socket',
    { stderr: "connecting to 'unix:///run/charon.ctl' failed: No such file or directory" },
    'daemon-absent +0',
  ],
  [
    'permission denied',
    {
      stderr: "connecting to 'unix:///run/charon.ctl' failed: Permission denied\n",
      status: 1,
    },
    "could not look: ipsec statusall ended with status 1: connecting to 'unix:///run/charon.ctl' failed: Permission denied",
  ],
  [
    'something else',
    { stdout: 'Usage: ipsec command argument...\n', status: 2 },
    'could not look: ipsec statusall ended with status 2: Usage: ipsec command argument...',
  ],
  [
    'only the beginning',
    { stdout: header },
    /^could not look: ipsec statusall ended with status 0: Status of IKE charon/,
  ],
  [
    'cut off among the SAs',
    { stdout: listing.replace('(1 up, 0', '(2 up, 0') },
    'could not look: ipsec statusall left out some of the SAs',
  ],
] as const) {
  test(`statusall: ${what}`, async () => {
    const text = await charon(result);
    if (typeof said === 'string') assert.equal(text, said);
    else assert.match(text, said);
  });
}

test('statusall: what cannot be asked is a failure to look, with the reason', async () => {
  const { exec, runs } = fakeExec();
  const look = charon(exec);
  assert.deepEqual(runs[0]?.argv, command.argv);
  assert.equal(runs[0]?.limits.timeoutMs, 5000);
  const detail = 'ipsec did not finish within 5000 ms and was killed';
  runs[0]?.end({ ok: false, reason: 'timeout', detail });
  assert.equal(await look, `could not look: ${detail}`);
});

test('statusall: the SAs and connections, with evidence', async () => {
  const look = await lookAtCharon(command, endsWith({ stdout: listing }))(noon);
  assert.ok(look.ok);
  const [event] = look.events;
  assert.ok(event?.kind === 'sa-list');
  assert.deepEqual(
    [event.ikeSas.length, event.childSas.length, event.connections[0]?.name],
    [1, 1, 'HQ-1'],
  );
  const text = 'Security Associations (1 up, 0 connecting)';
  assert.deepEqual(event.evidence, { source: 'statusall', at: noon, text });
});

test('statusall: what a command complains of is made harmless, and short', async () => {
  const text = await charon({ stderr: `\u001B[2J${'x'.repeat(1000)}`, status: 1 });
  assert.ok(text.length < 300);
  assert.ok(!text.includes('\u001B'));
});

const state = `src 192.0.2.1 dst 198.51.100.1
	proto esp spi 0x0de4f5a6(233108902) reqid 1(0x00000001) mode tunnel
	replay-window 0 seq 0x00000000 flag af-unspec (0x00100000)
	lifetime current:
	  84(bytes), 1(packets)
	  add 2026-11-23 11:50:28 use 2026-11-23 11:50:29
`;

async function kernel(result: Partial<ExecResult & { ok: true }>): Promise<string> {
  const look = await lookAtKernel({ ...command, argv: ['ip', 'xfrm'] }, endsWith(result))(noon);
  if (!look.ok) return `could not look: ${look.detail}`;
  const [event] = look.events;
  assert.ok(event?.kind === 'xfrm-states' && event.at === noon);
  return `${event.states.length} states`;
}

test('xfrm states', async () => {
  assert.equal(await kernel({ stdout: state }), '1 states');
  assert.equal(await kernel({}), '0 states', 'no SA is an answer');
  assert.equal(
    await kernel({ stderr: 'Cannot open netlink socket\n', status: 1 }),
    'could not look: ip xfrm ended with status 1: Cannot open netlink socket',
  );
  assert.equal(
    await kernel({ stdout: `${state}\tenc cbc(aes) 0x0123456789abcdef\n`, status: 1 }),
    'could not look: ip xfrm ended with status 1',
    'its output may hold keys',
  );
  assert.equal(await kernel({ status: 2 }), 'could not look: ip xfrm ended with status 2');
  assert.equal(
    await kernel({ stdout: 'BusyBox v1.36\nUsage: ip …\n' }),
    'could not look: ip xfrm printed something else than SAs',
  );
  const exec: Exec = () => Promise.resolve({ ok: false, reason: 'missing', detail: 'no ip' });
  assert.deepEqual(await lookAtKernel(command, exec)(noon), { ok: false, detail: 'no ip' });
});

const policy = `src 10.1.0.0/24 dst 10.2.0.0/24
	dir out priority 375423
	tmpl src 192.0.2.1 dst 198.51.100.1
		proto esp spi 0xc12ec8b4 reqid 1 mode tunnel
`;

test('xfrm policies', async () => {
  const policies = async (result: Partial<ExecResult & { ok: true }>): Promise<string> => {
    const look = await lookAtPolicies({ ...command, argv: ['ip', 'xfrm'] }, endsWith(result))(noon);
    if (!look.ok) return `could not look: ${look.detail}`;
    const [event] = look.events;
    assert.ok(event?.kind === 'xfrm-policies' && event.at === noon);
    return event.policies.map(({ direction, templates }) => direction + templates[0]?.dst).join();
  };
  assert.equal(await policies({ stdout: policy }), 'out198.51.100.1');
  assert.equal(await policies({}), '', 'no policy is an answer');
  assert.equal(
    await policies({ stderr: 'Operation not permitted\n', status: 2 }),
    'could not look: ip xfrm ended with status 2: Operation not permitted',
  );
  assert.equal(
    await policies({ stdout: 'Usage: ip …\n' }),
    'could not look: ip xfrm printed something else than policies',
  );
  const exec: Exec = () => Promise.resolve({ ok: false, reason: 'missing', detail: 'no ip' });
  assert.deepEqual(await lookAtPolicies(command, exec)(noon), { ok: false, detail: 'no ip' });
});

const wan1 = { ifname: 'wan1', flags: ['UP', 'LOWER_UP'], operstate: 'UP', addr_info: [] };
const wan2 = { ifname: 'wan2', flags: ['BROADCAST'], operstate: 'DOWN', addr_info: [] };

test('interfaces', async () => {
  const look = async (result: Partial<ExecResult & { ok: true }>) =>
    lookAtInterfaces({ ...command, argv: ['ip', 'addr'] }, endsWith(result))(noon);
  const said = async (interfaces: readonly object[]): Promise<string> => {
    const seen = await look({ stdout: JSON.stringify(interfaces) });
    assert.ok(seen.ok);
    const [event] = seen.events;
    assert.ok(event?.kind === 'interface-list' && event.at === noon);
    assert.equal(event.evidence.source, 'interfaces');
    return event.evidence.text;
  };
  assert.equal(await said([wan1]), 'all interfaces up');
  assert.equal(await said([wan1, wan2]), 'down: wan2');
  assert.deepEqual(await look({ stdout: JSON.stringify([wan1]), status: 1 }), {
    ok: false,
    detail: `ip addr ended with status 1: ${JSON.stringify([wan1])}`,
  });
  assert.deepEqual(await look({ stdout: '[{' }), {
    ok: false,
    detail: 'ip addr ended with status 0: [{',
  });
});

test('error counters of the kernel', async () => {
  const readText = async (path: string) =>
    path === '/there'
      ? ({ ok: true, text: 'XfrmInError 1\nXfrmInNoStates 22\n' } as const)
      : ({ ok: false, detail: `${path} is not there` } as const);
  assert.deepEqual(await lookAtXfrmErrors('/there', readText)(noon), {
    ok: true,
    events: [{ kind: 'xfrm-errors', at: noon, counters: { XfrmInError: 1, XfrmInNoStates: 22 } }],
  });
  assert.deepEqual(await lookAtXfrmErrors('/none', readText)(noon), {
    ok: false,
    detail: '/none is not there',
  });
});

test('a file of the host that is watched', async () => {
  const ran: string[] = [];
  const cat = (result: Partial<ExecResult & { ok: true }>): Exec => {
    return async (argv, limits) => {
      ran.push(argv.join(' '));
      return endsWith(result)(argv, limits);
    };
  };
  assert.deepEqual(await readOver(cat({ stdout: 'text' }))('/x'), { ok: true, text: 'text' });
  assert.deepEqual(await readOver(cat({ status: 1, stderr: 'no' }))('/x'), {
    ok: false,
    detail: 'cat /x ended with status 1: no',
  });
  const unreachable: Exec = async () => ({ ok: false, reason: 'unreachable', detail: 'far' });
  assert.deepEqual(await readOver(unreachable)('/x'), { ok: false, detail: 'far' });
  assert.deepEqual(ran, ['cat /x', 'cat /x']);
});
