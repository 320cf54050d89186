import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { ConfigError } from '../../../src/config/config-error.ts';
import { Certificate } from '../../../src/outputs/certificate.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { captureLogger } from '../../helpers/capture-logger.ts';
import { makeCertificate } from '../../helpers/certificates.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { skipWithout } from '../../helpers/installed-tool.ts';
import { everyStateHttp } from '../../helpers/seeded-http.ts';
import { tempDirectory } from '../../helpers/temp-directory.ts';

async function serve(t: TestContext) {
  const directory = tempDirectory(t);
  const tls = makeCertificate(directory, 'first');
  const seeded = everyStateHttp(t, { tls });
  const address = await seeded.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...seeded, directory, tls, port: Number(new URL(address).port) };
}

async function shake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

async function subject(port: number): Promise<string> {
  const socket = await shake(port);
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

describe('TLS', { skip: skipWithout('openssl') }, () => {
  test('answers over it, to a client that trusts the certificate', async (t) => {
    const { tls, port } = await serve(t);
    const ca = readFileSync(tls.certificate);
    const call = request({ host: '127.0.0.1', port, path: '/healthz', ca, agent: false }).end();
    const [answer] = await once(call, 'response');
    assert.equal(answer.statusCode, 200);
    answer.resume();
  });

  test('1.2 and 1.3, nothing older; no plain HTTP', async (t) => {
    const { port } = await serve(t);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await shake(port, { minVersion: version, maxVersion: version });
      assert.equal(socket.getProtocol(), version);
      socket.destroy();
    }
    // The client's own security level would refuse to try.
    const old = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    await assert.rejects(shake(port, old), /alert protocol version/);
    await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
  });

  test('a renewed certificate is served without a restart, once both files fit', async (t) => {
    const { directory, tls, port, clock, logger } = await serve(t);
    const next = makeCertificate(directory, 'second');
    assert.equal(await subject(port), 'first');
    copyFileSync(next.certificate, tls.certificate);
    await clock.advance(10_000);
    assert.equal(await subject(port), 'first');
    assert.equal(logger.lines.length, 1);
    assert.match(
      logger.lines[0] ?? '',
      /^error: the old certificate stays in use: .*key values mismatch/i,
    );
    copyFileSync(next.key, tls.key);
    await clock.advance(5000);
    assert.equal(await subject(port), 'second');
    assert.deepEqual(logger.lines.slice(1), [
      `info: the certificate was read again from ${tls.certificate}`,
    ]);
    const renewed = await shake(port, { maxVersion: 'TLSv1.2' });
    assert.equal(renewed.getProtocol(), 'TLSv1.2');
    renewed.destroy();
  });

  test('files that are no certificate with its key are refused at the start, without their text', (t) => {
    const directory = tempDirectory(t);
    const tls = makeCertificate(directory, 'first');
    const other = makeCertificate(directory, 'other');
    const dependencies = { clock: new FakeClock(), files: systemFiles, logger: captureLogger() };
    const secret = `${directory}/secret`;
    writeFileSync(secret, 'hunter2 is no key', { mode: 0o644 });
    for (const config of [
      { ...tls, key: other.key },
      { ...tls, key: secret },
      { ...tls, certificate: secret },
      { ...tls, key: `${directory}/none` },
    ]) {
      assert.throws(
        () => new Certificate(config, dependencies),
        (error) => error instanceof ConfigError && !error.message.includes('hunter2'),
      );
    }
    assert.deepEqual(dependencies.logger.lines, [
      `warn: ${secret} can be read or written by every user of this host; chmod 640 or 600 it`,
    ]);
  });
});
