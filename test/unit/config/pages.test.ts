import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/cli/load-config.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { configFile, reference, sections } from '../../helpers/config-pages.ts';
import type { Option } from '../../helpers/config-pages.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const noOverrides = { logDirectory: undefined, stateDirectory: undefined, listen: undefined };

const convention = `A key behind a # has the default that it shows, or, in the lists of tunnels, groups, gateways,
patterns and interfaces, an example. To change one, take the # away. What stands there is checked
before anything is opened: tunnelwarden check --config FILE says everything that is wrong with it.`;

const appliance =
  configFile(`tunnelwarden on a Sophos Firewall (SFOS), or beside one with its /log mounted.
All defaults are made for it: this file may stay as it is.

${convention}`);

const host = configFile(
  `tunnelwarden on a plain strongSwan host. A copy of this belongs to /etc/tunnelwarden/tunnelwarden.yaml.

${convention}

charon has to write a log that names the connections. In /etc/strongswan.d/charon-logging.conf:

  charon {
    filelog {
      tunnelwarden {
        path = /var/log/charon.log
        time_format = %F %T
        ike_name = yes
        append = yes
        flush_line = yes
        default = 1
      }
    }
  }

"ipsec statusall" needs the stroke plugin, which strongSwan 6 no longer builds by default, and
root, or the group of charon's socket.`,
  {
    'logs.directory': '/var/log',
    'logs.files': [{ path: 'charon.log', kind: 'charon' }],
  },
);

const page = `<!-- Made from src/config/options.ts by UPDATE_DOCS=1 node --test test/unit/config/pages.test.ts -->

# Configuration

The daemon reads one YAML file: the one that \`--config\` names, or \`/etc/tunnelwarden/tunnelwarden.yaml\`. Where none was named
and that one does not exist, every key has its default; the defaults are made for a Sophos Firewall.

- [\`config/tunnelwarden.yaml\`](../config/tunnelwarden.yaml) is a file with every key and its default, to begin with.
- [\`config/strongswan-host.example.yaml\`](../config/strongswan-host.example.yaml) is the same for a plain strongSwan host.
- \`tunnelwarden check --config FILE\` says everything that is wrong with a file, each with its line, and ends with status 78; so does
  \`run\`, before it opens anything. A key that does not exist is wrong. A key without a value is not given.
- \`--listen\`, \`--log-dir\` and \`--state-dir\` win over \`http.listen\`, \`logs.directory\` and \`store.directory\`.
- On SIGHUP the file is read again. \`http.listen\`, \`http.tls\` and \`store\` take effect at the next start. A file with mistakes changes nothing, which
  is logged, and \`tunnelwarden_config_last_reload_successful\` is 0 until a good one is read.

A duration is a number with \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`; a size one with \`MiB\` or \`GiB\`. A cron expression has six fields: second,
minute, hour, day of the month, month, day of the week. \`list[].key\` is a key of each entry of a list. Names of tunnels, groups
and members compare without case.

${reference()}
`;

for (const [name, text] of [
  ['config/tunnelwarden.yaml', appliance],
  ['config/strongswan-host.example.yaml', host],
  ['docs/configuration.md', page],
] as const) {
  test(`${name} is what the options say`, () => {
    const path = `${root}/${name}`;
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, text);
    assert.equal(readFileSync(path, 'utf8'), text, 'UPDATE_DOCS=1 writes it anew');
  });
}

function load(file: string | undefined) {
  return loadConfig(file, noOverrides, systemFiles);
}

/** The file as it is when every key has been uncommented. */
function uncommented(text: string) {
  const lines = text.split('\n').map((line) => line.replace(/^( *)#(?=  - |[a-z_]+:)/, '$1'));
  const files = { ...systemFiles, readText: () => ({ ok: true, text: lines.join('\n') }) as const };
  return loadConfig('uncommented.yaml', noOverrides, files);
}

test('the documented default is the default', () => {
  assert.deepEqual(load(`${root}/config/tunnelwarden.yaml`), load(undefined));
});

test('with every key uncommented it is the default with the examples', () => {
  const { http, tunnels, groups, gateways, interfaces, inventory, ha, logs, ...rest } =
    uncommented(appliance);
  const {
    http: bare,
    tunnels: _t,
    groups: _g,
    gateways: _w,
    interfaces: _i,
    inventory: _e,
    ha: _h,
    logs: plain,
    ...others
  } = load(undefined);
  assert.deepEqual(rest, others);
  assert.deepEqual({ ...logs, patterns: [] }, plain);
  assert.deepEqual(ha, { addresses: ['203.0.113.10'] });
  const { hostNames, users, tokenFiles, tls } = http;
  assert.deepEqual({ ...http, hostNames: [], users: [], tokenFiles: [], tls: undefined }, bare);
  assert.deepEqual([hostNames.length, users.length, tokenFiles.length], [1, 1, 1]);
  assert.notEqual(tls, undefined);
  assert.deepEqual(
    [tunnels, groups, gateways, interfaces, inventory.entities, logs.patterns].map(
      ({ length }) => length,
    ),
    [2, 1, 1, 1, 1, 1],
  );
});

test('the example for a strongSwan host', () => {
  const { logs, ...rest } = load(`${root}/config/strongswan-host.example.yaml`);
  const { logs: _, ...others } = load(undefined);
  assert.deepEqual(logs.files, [{ path: '/var/log/charon.log', kind: 'charon' }]);
  assert.deepEqual(rest, others);
  assert.equal(uncommented(host).tunnels.length, 2);
});

test('every option has a sentence, and every default is one that the file may have', () => {
  const walk = (path: string, option: Option): void => {
    assert.match(option.description ?? '', /^[A-Z].*\.$/s, path);
    const inner = { ...option.properties, ...option.items?.properties };
    for (const [key, one] of Object.entries(inner)) walk(`${path}.${key}`, one);
  };
  for (const [key, option] of sections) walk(key, option);
});

test('the YAML of the page is good', () => {
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']): unknown =>
    parse(text),
  );
  assert.equal(blocks.length, 15);
});
