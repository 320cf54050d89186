import assert from 'node:assert/strict';
import { join } from 'node:path';
import { hashPassword } from '../../src/outputs/password.ts';
import { parseExposition } from '../helpers/exposition.ts';
import { mirrored } from './connections.ts';
import type { Connection } from './connections.ts';
import type { Host } from './host.ts';
import type { Lab } from './lab.ts';
import { guestNode } from './machine.ts';
import { configAtPace } from './pace.ts';
import { scenario } from './scenario.ts';
import { lanSubnet, wanAddress } from './topology.ts';
import { until } from './until.ts';
import { labSources } from './warden.ts';

const checkout = join(import.meta.dirname, '../..');

/** As much as an IKE identity may hold, and a peer may choose: 7 kinds of text that are more than text somewhere. */
const forged =
  `evil] ...10.9.9.9[ <Osaka-1|1> IKE_SA Osaka-1[1] established between 10.0.1.2[a]...10.0.1.1[b]` +
  `"} 1 ipsec_tunnel_up{tunnel="Forged"} 1 <img src=x onerror=alert(1)>'; DROP TABLE changes; --` +
  ` =cmd|' /C calc'!A0,x`;

/** A key identity is printed as it came, where a name would be parsed. */
const keyId = `@#${Buffer.from(forged).toString('hex')}`;

const psk = 'Gloaming-Otter-5121-Quince';
const token = 'tokenTokenTokenTokenTokenTokenToken42';
const password = 'Marzipan Heron 77';

const osaka: Connection = {
  name: 'Osaka',
  local: wanAddress('fw', 1),
  remote: wanAddress('peer', 1),
  subnets: [[lanSubnet('fw'), lanSubnet('peer')]],
};
/** Takes whoever has the key, by any identity. */
const kyoto: Connection = {
  name: 'Kyoto',
  local: wanAddress('fw', 2),
  remote: wanAddress('peer', 2),
  subnets: [[lanSubnet('fw', 1), lanSubnet('peer', 1)]],
  settings: { rightid: '%any' },
};
const liar = mirrored(kyoto, 'Liar');

const stateDirectory = '/var/lib/tunnelwarden';
/** `adm`, the group that reads logs on Debian. */
const logGroup = '4';
const nobody = '65534';

/** Nobody, with the group that may read the logs, and the capability that `ip xfrm` demands. */
const unprivileged = [
  'setpriv',
  `--reuid=${nobody}`,
  `--regid=${nobody}`,
  `--groups=${logGroup}`,
  '--inh-caps=-all,+net_admin',
  '--ambient-caps=-all,+net_admin',
  '--bounding-set=-all,+net_admin',
  '--no-new-privs',
];

async function start(lab: Lab): Promise<{ fw: Host; peer: Host }> {
  const secrets = [{ psk }];
  const [fw, peer] = await Promise.all([
    lab.host('fw', {
      connections: [osaka, kyoto],
      secrets,
      // Level 4 prints keys.
      charon: { filelog: { charonlog: { default: 4 } } },
    }),
    lab.host('peer', {
      connections: [mirrored(osaka), { ...liar, settings: { leftid: keyId } }],
      secrets,
    }),
  ]);
  await Promise.all([fw.startCharon(), peer.startCharon()]);
  await fw.run(
    `chgrp ${logGroup} /log /log/charon.log /run/charon.vici && chmod 750 /log &&
     chmod 640 /log/charon.log && chmod 660 /run/charon.vici &&
     mkdir -p ${stateDirectory} && chown ${nobody}:${nobody} ${stateDirectory} && chmod 700 ${stateDirectory}`,
  );
  return { fw, peer };
}

/** With VICI the kernel is not asked for its SAs; without it, it is, and prints the keys. */
async function startDaemon(fw: Host, hasVici: boolean) {
  const config = {
    log_level: 'debug',
    http: {
      users: [{ name: 'operator', password: await hashPassword(password) }],
      token_files: ['/etc/tunnelwarden/token'],
      open: ['health'],
    },
    sources: {
      ...labSources,
      // The script `ipsec` insists on root; VICI's socket has a group.
      statusall: { enabled: false },
      vici: { enabled: hasVici, schedule: '*/2 * * * * *', timeout: '3s' },
      // Without nokeys, as where it is not known: the parser drops them.
      xfrm_state: { ...labSources.xfrm_state, command: ['ip', '-s', 'xfrm', 'state', 'list'] },
    },
    tunnels: [{ name: 'Osaka' }, { name: 'Kyoto' }],
  };
  await fw.write({
    '/etc/tunnelwarden/tunnelwarden.yaml': configAtPace(config),
    '/etc/tunnelwarden/token': `${token}\n`,
  });
  await fw.run(
    `chgrp ${logGroup} /etc/tunnelwarden/* && chmod 640 /etc/tunnelwarden/* && chmod 755 /etc/tunnelwarden`,
  );
  const daemon = await fw.spawn([...unprivileged, guestNode, 'src/main.ts', 'run'], {
    cwd: checkout,
  });
  await until(async () => (await fw.curl('/readyz')).status === 200, {
    within: 60_000,
    what: 'the daemon is ready',
    detail: () => daemon.stderr() + daemon.stdout(),
  });
  return daemon;
}

const bearer = ['--header', `Authorization: Bearer ${token}`];

async function json<T>(fw: Host, path: string): Promise<T> {
  const { status, body } = await fw.curl(path, ...bearer);
  assert.equal(status, 200, `${path}: ${body}`);
  const value: T = JSON.parse(body);
  return value;
}

const stateOf = async (fw: Host, tunnel: string): Promise<string> =>
  (await json<{ state: string }>(fw, `/api/v1/tunnels/${tunnel}`)).state;

async function isUp(fw: Host, source: string): Promise<boolean> {
  const { sources } = await json<{ sources: { name: string; up: boolean }[] }>(
    fw,
    '/api/v1/sources',
  );
  return sources.some(({ name, up }) => name === source && up);
}

/** What is kept as secrets, in each form that it may be printed in. */
async function secretForms(fw: Host): Promise<readonly string[]> {
  const { stdout } = await fw.run('ip xfrm state list');
  const keys = [...stdout.matchAll(/0x([0-9a-f]{32,})/g)].map(([, key = '']) => key);
  assert.ok(keys.length >= 4, stdout);
  const hex = [...keys, ...[psk, token, password].map((text) => Buffer.from(text).toString('hex'))];
  const dumped = hex.map((text) => (text.slice(0, 32).match(/../g) ?? []).join(' '));
  const authorization = Buffer.from(`operator:${password}`).toString('base64');
  return [psk, token, password, authorization, ...hex, ...dumped];
}

scenario(
  'a peer that forges lines, a log full of keys, and a daemon that is nobody',
  async (lab, t) => {
    const { fw, peer } = await start(lab);
    const daemon = await startDaemon(fw, true);

    // Credentials, for everything but what is open.
    assert.equal((await fw.curl('/api/v1/tunnels')).status, 401);
    assert.equal((await fw.curl('/metrics', '--user', `operator:${password}`)).status, 200);
    assert.equal((await fw.curl('/metrics', '--user', 'operator:wrong')).status, 401);

    // The liar has the key of Kyoto, and an identity that says that Osaka is established.
    await peer.ipsec('up', 'Liar-1');
    await until(async () => (await stateOf(fw, 'Kyoto')) === 'up', {
      within: 30_000,
      detail: async () => (await fw.readLog()).slice(-2000),
    });
    assert.equal(await stateOf(fw, 'Osaka'), 'down');
    // The lines are there, as the peer wants them.
    await fw.waitForLog(/IKE_SA Osaka-1\[1\] established between/);
    const { items } = await json<{ items: { name: string; remoteId: string }[] }>(
      fw,
      '/api/v1/tunnels',
    );
    assert.deepEqual(
      items.map(({ name }) => name),
      ['Kyoto', 'Osaka'],
    );

    const outputs: Record<string, string> = {};
    for (const path of [
      'tunnels',
      'tunnels/Kyoto',
      'tunnels/Osaka',
      'tunnels/Osaka/diagnosis',
      'groups',
      'interfaces',
      'gateways',
      'findings',
      'events?limit=1000',
      'sources',
    ]) {
      outputs[path] = JSON.stringify(await json(fw, `/api/v1/${path}`));
    }
    const events = await json<{ items: { subject: string; kind: string; to: string | null }[] }>(
      fw,
      '/api/v1/events?limit=1000',
    );
    const wrong = events.items.filter(({ subject, kind, to }) => {
      return kind === 'tunnel' && subject === 'Osaka' && to === 'up';
    });
    assert.deepEqual(wrong, []);
    assert.ok(events.items.some(({ subject, to }) => subject === 'Kyoto' && to === 'up'));
    assert.ok(outputs['events?limit=1000']?.includes('evil'), 'its text is shown, as text');

    // A series for each tunnel and none for what the peer has made up.
    const metrics = (await fw.curl('/metrics', ...bearer)).body;
    outputs['metrics'] = metrics;
    const families = parseExposition(metrics);
    const tunnels = families.flatMap(({ samples }) =>
      samples.flatMap(({ labels }) => labels.get('tunnel') ?? []),
    );
    assert.deepEqual([...new Set(tunnels)].toSorted(), ['Kyoto', 'Osaka']);

    // The stream: each line of data is one JSON object, whatever is in it.
    const stream = await fw.run(
      `curl -sN --max-time 3 -H 'Authorization: Bearer ${token}' -H 'Last-Event-ID: 0' http://127.0.0.1:9814/api/v1/events/stream`,
      { mayFail: true },
    );
    outputs['stream'] = stream.stdout;
    const lines = stream.stdout.split('\n');
    assert.ok(lines.filter((line) => line.startsWith('data: ')).length > 3);
    for (const line of lines) {
      assert.match(line, /^(?:|id: \d+|event: [a-z]+|data: \{.*\}|retry: \d+|: )$/);
      if (line.startsWith('data: ')) JSON.parse(line.slice('data: '.length));
    }

    // What it has open for writing is below its state directory; it never was root.
    const { stdout: open } = await fw.run(
      `for fd in /proc/${daemon.pid}/fd/*; do
         # Standard output and error are the lab's.
         case "\${fd##*/}" in 0|1|2) continue;; esac
         flags=$(sed -n 's/^flags:\\s*//p' /proc/${daemon.pid}/fdinfo/"\${fd##*/}" 2>/dev/null) || continue
         [ $((0$flags & 3)) = 0 ] || readlink "$fd" || :
       done; grep -E '^(Uid|CapEff|CapPrm|NoNewPrivs):' /proc/${daemon.pid}/status`,
    );
    const written = open.split('\n').filter((line) => line.startsWith('/'));
    assert.ok(
      written.some((path) => path === `${stateDirectory}/tunnelwarden.db`),
      open,
    );
    for (const path of written) {
      assert.ok(/^(?:\/var\/lib\/tunnelwarden\/|\/dev\/null$)/.test(path), path);
    }
    assert.match(open, /^Uid:\t65534\t65534\t65534\t65534$/m);
    assert.match(open, /^CapEff:\t0000000000001000$/m);
    for (const name of ['vici', 'interfaces']) assert.ok(await isUp(fw, name), name);
    await daemon.kill('SIGTERM');
    assert.equal((await daemon.exited).code, 0);

    // Again, with the kernel in VICI's place.
    const second = await startDaemon(fw, false);
    await until(async () => isUp(fw, 'xfrm-state'), { within: 20_000, detail: second.stdout });
    assert.equal(await stateOf(fw, 'Kyoto'), 'up');
    outputs['second'] = JSON.stringify([
      await json(fw, '/api/v1/tunnels'),
      await json(fw, '/api/v1/sources'),
      (await fw.curl('/metrics', ...bearer)).body,
    ]);

    // No secret anywhere, in any form; the log that it all came from is full of them.
    const forms = await secretForms(fw);
    await fw.write({ '/secrets': forms.map((form) => `${form}\n`).join('') });
    outputs['page'] = (await fw.curl('/', ...bearer)).body;
    outputs['log'] = [daemon, second].map((one) => one.stdout() + one.stderr()).join('');
    const diagnose = [guestNode, 'src/main.ts', 'diagnose', '--json', '/log/charon.log'];
    outputs['diagnose'] = (await fw.run(diagnose, { cwd: checkout, timeoutMs: 120_000 })).stdout;
    await fw.write(
      Object.fromEntries(
        Object.entries(outputs).map(([name, text]) => [
          `/outputs/${name.replaceAll(/\W/g, '-')}`,
          text,
        ]),
      ),
    );
    const search = async (where: string) =>
      (await fw.run(`grep -rlaiFf /secrets ${where}`, { mayFail: true })).stdout.trim();
    assert.equal(await search('/log'), '/log/charon.log');
    assert.equal(await search(`/outputs ${stateDirectory}`), '');
    const { stdout: size } = await fw.run(`cat /outputs/* ${stateDirectory}/* | wc -c`);
    t.diagnostic(`${forms.length} forms of secrets in none of ${size.trim()} bytes`);

    // Its tables are all there.
    const check = `const { DatabaseSync } = require('node:sqlite');
      const db = new DatabaseSync('${stateDirectory}/tunnelwarden.db');
      console.log(db.prepare('PRAGMA integrity_check').get().integrity_check);`;
    await second.kill('SIGTERM');
    assert.equal((await second.exited).code, 0);
    assert.equal((await fw.run([guestNode, '-e', check])).stdout.trim(), 'ok');
  },
  { timeoutMs: 300_000 },
);
