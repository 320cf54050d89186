import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../src/cli/load-config.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { systemFiles } from '../../../src/platform/files.ts';

const directory = fileURLToPath(new URL('../../fixtures/config', import.meta.url));
const noOverrides = { logDirectory: undefined, stateDirectory: undefined, listen: undefined };

/** One mistake a file, and what is said of it: line, path and expectation. */
const mistakes: Readonly<Record<string, readonly string[]>> = {
  'all-at-once-form': [
    '1: language: must be one of en, ja (Language of the page and of explanations.)',
    '3: http.listen: "here" does not have the form ADDRESS:PORT, for instance 127.0.0.1:9814 (Address and port; an IPv6 address stands in brackets.)',
    '6: tunnels.0.enabled: must be true or false (False: switched off by the administrator.)',
    '7: tunnels.1: needs the key name',
    '8: surprise: no such key; known here: language, log_level, http, store, logs, sources, discover, tunnels, groups, gateways, inventory, interfaces, ha, holds',
  ],
  'all-at-once-relations': [
    '1: http.listen: port 99999 is above 65535',
    '1: http.listen: 0.0.0.0 is not a loopback address, and everything would be readable by whoever reaches it or listens in; listen on 127.0.0.1, or set http.users or http.token_files and http.tls, or http.allow_unprotected: true',
    '2: logs.time_zone: Nowhere is no IANA time zone, nor "local"',
    '3: tunnels.1.name: a second tunnel named a; names compare without case',
    '5: groups.0.members.1: Z is not one of the tunnels above',
  ],
  'command-as-a-line': [
    '3: sources.statusall.command: must be a list (Program and arguments; never passed through a shell.)',
  ],
  'command-empty': [
    '3: sources.interface_monitor.command: must have at least 1 entry (Program and arguments; restarted by itself when it ends.)',
  ],
  'command-without-name': ['3: sources.xfrm_state.command.0: the program has no name'],
  'duration-number': [
    '2: sources.lost_after: 30 does not have the form of a duration above zero, for instance 30s, 5m, 90d (A source that has not answered for this long is lost; what rests on it becomes unknown.)',
  ],
  'duration-unit': [
    '2: holds.loss: "3 seconds" does not have the form of a duration, for instance 0s, 30s, 5m (A loss that may be a reauthentication or a late rekey; one with a clear cause does not wait.)',
  ],
  'duration-zero': [
    '2: store.retention: "0d" does not have the form of a duration above zero, for instance 30s, 5m, 90d (Events and transitions older than this are deleted.)',
  ],
  enum: ['1: language: must be one of en, ja (Language of the page and of explanations.)'],
  'file-kind': [
    '3: logs.files.0.kind: must be one of charon, monitor, dgd, syslog (What it holds: charon’s lines, those of the daemon monitor, of dead gateway detection, or SFOS syslog records.)',
  ],
  'file-twice': ['6: logs.files.2.path: /log/charon.log is listed twice'],
  'file-without-kind': ['3: logs.files.0: needs the key kind'],
  'flap-count': [
    '2: holds.flap_count: must be at least 2 (So many changes between up and not up inside `flap_window` are flapping.)',
  ],
  'group-member-of-two': ['4: groups.1.members.1: B is already a member of G'],
  'group-member-twice': ['7: groups.0.members.2: a is listed twice'],
  'group-one-member': [
    '3: groups.0.members: must have at least 2 entries (Tunnels in their order; the first is the primary.)',
  ],
  'group-twice': ['4: groups.1.name: a second group named g; names compare without case'],
  'group-unknown-member': ['3: groups.0.members.1: B is not one of the tunnels above'],
  'ha-address': [
    '4: ha.addresses.1: 203.0.113.256 is no IPv4 or IPv6 address',
    '5: ha.addresses.2: 203.0.113.10/24 is no IPv4 or IPv6 address',
    '6: ha.addresses.3: 2001:db8:::1 is no IPv4 or IPv6 address',
    '7: ha.addresses.4: firewall.example is no IPv4 or IPv6 address',
  ],
  'ha-blind': ['3: ha.addresses: needs sources.interfaces: it lists the addresses of this host'],
  'http-password-plain': [
    '5: http.users.0.password: what stands here does not have the form of a hashed password (The password’s hash, as `tunnelwarden hash-password` prints it.)',
  ],
  'http-public-without-tls': [
    '2: http.listen: 0.0.0.0 is not a loopback address, and everything would be readable by whoever reaches it or listens in; listen on 127.0.0.1, or set http.tls, or http.allow_unprotected: true',
  ],
  'http-public-without-users': [
    '2: http.listen: 0.0.0.0 is not a loopback address, and everything would be readable by whoever reaches it or listens in; listen on 127.0.0.1, or set http.users or http.token_files, or http.allow_unprotected: true',
  ],
  'http-tls-half': ['3: http.tls: needs both certificate and key'],
  'http-user-twice': ['5: http.users.1.name: a second user named a'],
  'http-user-colon': [
    '4: http.users.0.name: "a:b" does not have the form of a name without a colon (The user’s name, without a colon.)',
  ],
  'listen-form': [
    '2: http.listen: "9814" does not have the form ADDRESS:PORT, for instance 127.0.0.1:9814 (Address and port; an IPv6 address stands in brackets.)',
  ],
  'listen-port': ['2: http.listen: port 98140 is above 65535'],
  'listen-public': [
    '2: http.listen: :: is not a loopback address, and everything would be readable by whoever reaches it or listens in; listen on 127.0.0.1, or set http.users or http.token_files and http.tls, or http.allow_unprotected: true',
  ],
  'not-a-map': ['1: must be a section with keys of its own'],
  'pattern-code': [
    '3: logs.patterns.0.code: "My Code" does not have the form of a code: a to z, 0 to 9, dots, dashes and underscores (What the line means: a code of the catalogue, or a new one of the form `family.meaning`.)',
  ],
  'pattern-expression': [
    '3: logs.patterns.0: SyntaxError: Invalid regular expression: /(unclosed/: Unterminated group',
  ],
  'schedule-five-fields': [
    '3: sources.statusall.schedule: "*/1 * * * *" is no cron expression with six fields',
  ],
  'schedule-nonsense': [
    '3: sources.xfrm_stat.schedule: "every ten seconds or so ok" is no cron expression with six fields',
  ],
  'section-is-a-word': [
    '1: http: must be a section with keys of its own (Where metrics, API, health checks and the page are served, and to whom.)',
  ],
  'size-unit': [
    '2: store.max_size: "512MB" does not have the form of a size, for instance 512MiB (The oldest events are deleted while the database is larger than this.)',
  ],
  'time-zone': ['2: logs.time_zone: Mars/Olympus is no IANA time zone, nor "local"'],
  'remote-long-directory': [
    '4: store.directory: longer than 80 characters: the socket that ssh commands share would have too long a path',
  ],
  'remote-without-prefix': [
    '3: logs.files.0.remote: /log/charon.log is on another host, but sources.remote.prefix does not say how to get there',
  ],
  'timeout-too-long': [
    '4: sources.statusall.timeout: 20s is not below sources.lost_after (20s): one slow look would be a loss',
  ],
  'tunnel-empty-name': [
    '2: tunnels.0.name: must not be empty (As on the firewall; compared without case.)',
  ],
  'tunnel-role': [
    '2: tunnels.0.role: must be one of initiator, responder, remote-access (Who starts it; decides what an interface going down means.)',
  ],
  'tunnel-twice': ['3: tunnels.1.name: a second tunnel named OSAKA; names compare without case'],
  'tunnel-without-name': ['2: tunnels.0: needs the key name'],
  'unknown-key-proto': [
    '1: __proto__: no such key; known here: language, log_level, http, store, logs, sources, discover, tunnels, groups, gateways, inventory, interfaces, ha, holds',
  ],
  'unknown-key': [
    '2: loglevel: no such key; known here: language, log_level, http, store, logs, sources, discover, tunnels, groups, gateways, inventory, interfaces, ha, holds',
  ],
  'unknown-nested-key': [
    '4: tunnels.1.peer: no such key; known here: name, enabled, role, interface, connections, children, local, remote, profile',
  ],
  'wrong-type': [
    '1: discover: must be true or false (Whether connections that charon has loaded, and that no tunnel claims, become tunnels.)',
  ],
  'yaml-alias-bomb': [
    ' not valid YAML: Excessive alias count indicates a resource exhaustion attack',
  ],
  'yaml-duplicate-key': ['4: not valid YAML: Map keys must be unique'],
  'yaml-endless': [' not valid YAML: it is nested without end'],
  'yaml-two-documents': ['2: not valid YAML: Source contains multiple documents'],
  'yaml-unclosed': [
    '4: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  'yaml-unknown-alias': [
    ' not valid YAML: Unresolved alias (the anchor must be set before the alias): nobody',
  ],
};

for (const [name, expected] of Object.entries(mistakes)) {
  test(name, () => {
    const file = `${directory}/${name}.yaml`;
    assert.throws(
      () => loadConfig(file, noOverrides, systemFiles),
      (error) => {
        assert.ok(error instanceof ConfigError);
        const lines = error.message.split('\n').map((line) => {
          assert.ok(line.startsWith(`${file}:`));
          return line.slice(file.length + 1);
        });
        assert.deepEqual(lines, expected);
        return true;
      },
    );
  });
}

test('every file is in the table', () => {
  const files = readdirSync(directory).map((name) => name.replace('.yaml', ''));
  assert.deepEqual(files.toSorted(), Object.keys(mistakes).toSorted());
});
