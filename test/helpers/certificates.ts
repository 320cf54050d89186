import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runTool } from './installed-tool.ts';

/** Makes a self-signed certificate for 127.0.0.1 and localhost in a directory. */
export function makeCertificate(directory: string, name: string) {
  const certificate = join(directory, `${name}.pem`);
  const key = join(directory, `${name}-key.pem`);
  const what =
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name} ` +
    '-addext subjectAltName=IP:127.0.0.1,DNS:localhost';
  const { status, output } = runTool('openssl', [
    ...what.split(' '),
    '-keyout',
    key,
    '-out',
    certificate,
  ]);
  assert.equal(status, 0, output);
  return { certificate, key };
}
