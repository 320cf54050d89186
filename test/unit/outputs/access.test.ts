import assert from 'node:assert/strict';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { ConfigError } from '../../../src/config/config-error.ts';
import type { HttpConfig } from '../../../src/config/config.ts';
import { Access } from '../../../src/outputs/access.ts';
import { hashPassword, verifyPassword } from '../../../src/outputs/password.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { everyStateHttp, unprotected } from '../../helpers/seeded-http.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

const password = 'Fünf Gänse: im Regen';
const users = [{ name: 'prometheus', password: await hashPassword(password) }];
const token = 'x7Jr0mC2bqUuXkq8mC6dTg5e0yD3sVfA';
const basic = (name: string, secret: string): string =>
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
const right = basic('prometheus', password);
const wrong = basic('prometheus', 'no');

function tokenFile(t: TestContext, content = `${token}\n`): string {
  const path = join(tempDirectory(t), 'token');
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function createAccess(config: Partial<HttpConfig>) {
  const [clock, logger] = [new FakeClock(), captureLogger()];
  const access = new Access({ ...unprotected, ...config }, { clock, logger, files: systemFiles });
  const ask = async (authorization?: string, address = '192.0.2.7', host = 'h') =>
    (await access.refusal({ address, route: '/', host, authorization }))?.code;
  return { access, clock, logger, ask };
}

describe('passwords', () => {
  test('a hash fits its password, and no other', async () => {
    const [{ password: hash } = { password: '' }] = users;
    assert.match(hash, /^\$scrypt\$ln=14,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.equal(await verifyPassword(password, hash), true);
    // The same letters, composed in another way.
    assert.equal(await verifyPassword(password.normalize('NFD'), hash), true);
    assert.equal(await verifyPassword(`${password} `, hash), false);
    assert.equal(await verifyPassword(password, undefined), false);
    assert.notEqual(await hashPassword(password), hash);
  });
});

describe('over HTTP', () => {
  test('nothing without credentials, everything with them', async (t) => {
    const { get } = everyStateHttp(t, { users, tokenFiles: [tokenFile(t)] });
    for (const url of ['/', '/page.js', '/metrics', '/healthz', '/api/v1/tunnels', '/nowhere']) {
      const refused = await get(url);
      assert.equal(refused.statusCode, 401, url);
      assert.deepEqual(refused.headers['www-authenticate'], [
        'Basic realm="tunnelwarden", charset="UTF-8"',
        'Bearer realm="tunnelwarden"',
      ]);
      assert.doesNotMatch(refused.body, /Sapporo/);
      for (const authorization of [right, `Bearer ${token}`, `bearer ${token}`]) {
        const answer = await get(url, { authorization });
        assert.equal(answer.statusCode, url === '/nowhere' ? 404 : 200, url);
      }
    }
  });

  for (const [title, authorization] of [
    ['another password', wrong],
    ['another user', basic('admin', password)],
    ['no colon', `Basic ${Buffer.from(`prometheus${password}`).toString('base64')}`],
    ['the hash itself', basic('prometheus', users[0]?.password ?? '')],
    ['no base64', 'Basic %%%'],
    ['nothing behind the scheme', 'Basic'],
    ['the token as a password', basic('prometheus', token)],
    ['a token cut short', `Bearer ${token.slice(0, -1)}`],
    ['a token with more', `Bearer ${token}x`],
    ['a scheme nobody knows', `Digest ${token}`],
  ] as const) {
    test(`${title} is refused`, async (t) => {
      const { get, logger } = everyStateHttp(t, { users, tokenFiles: [tokenFile(t)] });
      const answer = await get('/metrics', { authorization });
      assert.equal(answer.statusCode, 401);
      assert.equal(answer.json<{ code: string }>().code, 'unauthorized');
      assert.doesNotMatch(answer.body + logger.lines.join(), /prometheus|x7Jr0|Gänse/);
    });
  }

  test('health and metrics can be opened, each for itself', async (t) => {
    const areas = { health: ['/healthz', '/readyz', '/health/tunnels/x'], metrics: ['/metrics'] };
    for (const open of ['health', 'metrics'] as const) {
      const { get } = everyStateHttp(t, { users, open: [open] });
      for (const [area, urls] of Object.entries(areas)) {
        for (const url of urls) {
          assert.equal((await get(url)).statusCode === 401, area !== open, `${open}: ${url}`);
        }
      }
      for (const url of ['/', '/api/v1/tunnels', '/metrics/', '/health', '//metrics', '/METRICS']) {
        assert.equal((await get(url)).statusCode, 401, url);
      }
    }
  });

  test('the counts of refusals are metrics', async (t) => {
    const { get } = everyStateHttp(t, { users, open: ['metrics'] });
    await get('/');
    const { body } = await get('/metrics');
    assert.match(body, /^tunnelwarden_http_refused_requests_total\{reason="unauthorized"\} 1$/m);
  });

  test('on loopback a name that DNS could lead here is refused', async (t) => {
    const { get } = everyStateHttp(t, { isLoopback: true, hostNames: ['status.example.com'] });
    const statusOf = async (host: string) => (await get('/api/v1/tunnels', { host })).statusCode;
    const good = ['127.0.0.1:9814', 'localhost', '[::1]:9814', '192.0.2.1', 'Status.example.com:1'];
    for (const host of good) assert.equal(await statusOf(host), 200, host);
    const bad = ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:9814', '1.2.3'];
    for (const host of bad) assert.equal(await statusOf(host), 421, host);
  });
});

describe('wrong credentials again and again', () => {
  test('the address has to wait; a right token does not, a right password does', async (t) => {
    const { ask, clock, logger } = createAccess({ users, tokenFiles: [tokenFile(t)] });
    assert.equal(await ask(right), undefined);
    for (let i = 0; i < 10; i += 1) assert.equal(await ask(wrong), 'unauthorized');
    assert.equal(await ask(wrong), 'too-many-failures');
    assert.equal(await ask(right), 'too-many-failures');
    assert.equal(await ask(), 'too-many-failures');
    assert.equal(await ask(`Bearer ${token}`), undefined);
    assert.equal(await ask(right, '192.0.2.8'), undefined);
    assert.deepEqual(logger.lines, ['warn: 192.0.2.7 gave wrong credentials again and again']);
    await clock.advance(60_000);
    assert.equal(await ask(right), undefined);
    assert.equal(await ask(wrong), 'unauthorized');
  });

  test('asking without credentials is no failure', async () => {
    const { ask } = createAccess({ users });
    for (let i = 0; i < 50; i += 1) assert.equal(await ask(), 'unauthorized');
    assert.equal(await ask(right), undefined);
  });

  test('a network of IPv6 is one address', async (t) => {
    const { ask } = createAccess({ tokenFiles: [tokenFile(t)] });
    for (let i = 0; i < 10; i += 1) await ask('Bearer no', `2001:db8:0:1::${i}`);
    assert.equal(await ask('Bearer no', '2001:db8:0:1:a:b:c:d'), 'too-many-failures');
    assert.equal(await ask('Bearer no', '2001:db8::1:0:0:0:1'), 'too-many-failures');
    assert.equal(await ask('Bearer no', '2001:db8:0:2::1'), 'unauthorized');
    assert.equal(await ask('Bearer no', '::ffff:192.0.2.1'), 'unauthorized');
  });

  test('at most four passwords are checked at once', async () => {
    const { ask } = createAccess({ users });
    const codes = await Promise.all(
      Array.from({ length: 7 }, async (_, i) => ask(wrong, `192.0.2.${i}`)),
    );
    assert.deepEqual(codes.filter((code) => code === 'too-many-failures').length, 3);
  });

  test('what is remembered of addresses is bounded', async (t) => {
    const { ask, access } = createAccess({ tokenFiles: [tokenFile(t)] });
    for (let i = 0; i < 10; i += 1) await ask('Bearer no', 'first');
    assert.equal(await ask('Bearer no', 'first'), 'too-many-failures');
    for (let i = 0; i < 4096; i += 1) await ask('Bearer no', `${i}`);
    assert.equal(await ask('Bearer no', 'first'), 'unauthorized');
    assert.equal(access.counts['too-many-failures'], 1);
  });
});

describe('token files', () => {
  const problem = (path: string): string => {
    try {
      createAccess({ tokenFiles: [path] });
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.message;
    }
    return '';
  };
  test('a short one, an empty one, two tokens or none at all: said without the token', (t) => {
    const path = tokenFile(t, 'short-secret');
    const sentence = `http: token_files.0: ${path} must hold one token of at least 32 characters on one line`;
    assert.equal(problem(path), sentence);
    for (const content of ['', '\n', `${token}\n${token}\n`]) {
      writeFileSync(path, content);
      assert.equal(problem(path), sentence);
    }
    rmSync(path);
    assert.match(problem(path), /no such file/);
  });

  test('one that everybody may read is used, with a warning', (t) => {
    const path = tokenFile(t);
    chmodSync(path, 0o644);
    const { logger } = createAccess({ tokenFiles: [path] });
    assert.deepEqual(logger.lines, [
      `warn: ${path} can be read or written by every user of this host; chmod 640 or 600 it`,
    ]);
  });

  test('read again on a reload; one that cannot be used changes nothing', async (t) => {
    const path = tokenFile(t);
    const config = { ...unprotected, users, tokenFiles: [path] };
    const { access, ask } = createAccess(config);
    assert.equal(await ask(right), undefined);
    writeFileSync(path, `${'n'.repeat(40)}\n`);
    assert.equal(await ask(`Bearer ${token}`), undefined);
    access.load(config);
    assert.equal(await ask(`Bearer ${token}`), 'unauthorized');
    assert.equal(await ask(`Bearer ${'n'.repeat(40)}`), undefined);
    writeFileSync(path, 'bad');
    assert.throws(() => access.load({ ...config, users: [] }), ConfigError);
    assert.equal(await ask(`Bearer ${'n'.repeat(40)}`), undefined);
    assert.equal(await ask(right), undefined);
    access.load({ ...config, users: [], tokenFiles: [] });
    assert.equal(await ask(), undefined);
  });

  test('a user who is taken away is not remembered', async (t) => {
    const { access, ask } = createAccess({ users });
    assert.equal(await ask(right), undefined);
    access.load({ ...unprotected, tokenFiles: [tokenFile(t)] });
    assert.equal(await ask(right), 'unauthorized');
  });
});
