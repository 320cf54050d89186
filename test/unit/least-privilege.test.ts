import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lacking, projectRoot, skipWithout } from '../helpers/installed-tool.ts';
import { tempDirectory } from '../helpers/temp-directory.ts';
import { until } from '../helpers/until.ts';

/** Every system call that makes, changes or opens something by its name. */
const calls = [
  'open,openat,openat2,creat,mkdir,mkdirat,mknod,mknodat,rename,renameat,renameat2,link,linkat,symlink',
  'symlinkat,unlink,unlinkat,rmdir,truncate,chmod,fchmodat,chown,lchown,fchownat,utimensat,setxattr',
].join(',');

/** Those of a trace that write, by the path that they name. */
function writes(trace: string): readonly { readonly call: string; readonly path: string }[] {
  return trace.split('\n').flatMap((line) => {
    const [, call = '', args = '', result = ''] = /(\w+)\((.*)\) += (-?\d+|\?)/.exec(line) ?? [];
    if (call === '' || result.startsWith('-')) return [];
    if (call.startsWith('open') && !/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(args)) return [];
    return [...args.matchAll(/"([^"]+)"/g)].map(([, path = '']) => ({ call, path }));
  });
}

/** Containers may forbid one process to trace another. */
function skipWithoutTracing(): string | false {
  const missing = skipWithout('strace');
  if (missing !== false) return missing;
  const { status } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  return status === 0 ? false : lacking('processes may not be traced here');
}

test(
  'nothing is opened for writing, made, moved or removed outside the state directory',
  { skip: skipWithoutTracing(), timeout: 120_000 },
  async (t) => {
    const directory = tempDirectory(t);
    const [log, state] = [join(directory, 'log'), join(directory, 'state')];
    for (const path of [log, state]) mkdirSync(path, { mode: 0o755 });
    chmodSync(directory, 0o755);
    const fixtures = join(projectRoot, 'test/fixtures');
    copyFileSync(join(fixtures, 'charon-log/rekey-v2-fw.log'), join(log, 'charon.log'));
    const every = { schedule: '* * * * * *', timeout: '5s' };
    const config = {
      http: { listen: '127.0.0.1:0' },
      store: { directory: state },
      logs: { directory: log },
      sources: {
        statusall: { ...every, command: ['cat', join(fixtures, 'statusall/up.txt')] },
        xfrm_state: { ...every, command: ['cat', join(fixtures, 'xfrm/up-state-s.txt')] },
        interfaces: { ...every, command: ['cat', join(fixtures, 'ip/after-addr.json')] },
        interface_monitor: { command: ['sleep', '600'] },
      },
    };
    const configFile = join(directory, 'config.yaml');
    writeFileSync(configFile, JSON.stringify(config));
    const trace = join(directory, 'trace');
    const daemon = spawn(
      'strace',
      [
        ...`-f -qq -s 4096 -e trace=${calls} -e signal=none -o ${trace}`.split(' '),
        process.execPath,
        join(projectRoot, 'src/main.ts'),
        'run',
        '--config',
        configFile,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        // What measures the coverage of the tests is no business of the daemon.
        env: { ...process.env, NODE_V8_COVERAGE: undefined },
      },
    );
    let output = '';
    for (const stream of [daemon.stdout, daemon.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const ended = once(daemon, 'exit');
    t.after(() => daemon.kill('SIGKILL'));
    let address: string | undefined;
    await until(`the daemon serves: ${output}`, () => {
      address = /serves (http:\S+?)"/.exec(output)?.[1];
      return address !== undefined;
    });
    const get = async (path: string) => fetch(`${address}${path}`);
    while ((await get('/readyz')).status !== 200);
    // What it does all day: lines, a rotation's first half, scrapes, a reload.
    appendFileSync(
      join(log, 'charon.log'),
      readFileSync(join(fixtures, 'charon-log/dpd-v2-fw.log')),
    );
    for (const path of ['/', '/metrics', '/api/v1/tunnels', '/api/v1/events']) await get(path);
    const pid = readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8').trim();
    process.kill(Number(pid), 'SIGHUP');
    await until('the reload', () => output.includes('was read again'));
    process.kill(Number(pid), 'SIGTERM');
    await ended;

    const written = writes(readFileSync(trace, 'utf8'));
    assert.ok(
      written.some(({ path }) => path === join(state, 'tunnelwarden.db')),
      'it was traced',
    );
    const elsewhere = written.filter(
      ({ path }) => !path.startsWith(`${state}/`) && path !== state && path !== '/dev/null',
    );
    assert.deepEqual(elsewhere, []);
  },
);
