import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Path → text. */
type Files = Readonly<Record<string, string>>;

/** Makes two CAs, only the first of which is trusted, and the hosts' certificates: the files of each. */
export function makeCertificates(): Readonly<Record<'fw' | 'peer', Files>> {
  const folder = mkdtempSync(join(tmpdir(), 'lab-pki-'));
  try {
    // Without a list, Debian's tests every algorithm for ten seconds.
    const conf = join(folder, 'strongswan.conf');
    const load = 'random drbg nonce aes sha1 sha2 hmac gmp pem pkcs1 x509 pubkey';
    writeFileSync(conf, `pki {\n  load = ${load}\n}\n`);
    const pki = (...words: readonly string[]): string =>
      execFileSync('/usr/bin/pki', [...words, '--outform', 'pem'], {
        cwd: folder,
        env: { ...process.env, STRONGSWAN_CONF: conf },
        encoding: 'utf8',
      });
    const save = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return text;
    };
    const key = (name: string): string =>
      save(`${name}.key`, pki('--gen', '--type', 'rsa', '--size', '2048'));
    for (const name of ['ca', 'nobody']) {
      key(name);
      const dn = `C=JP, O=Lab, CN=${name}`;
      save(`${name}.pem`, pki('--self', '--ca', '--in', `${name}.key`, '--dn', dn));
    }
    const files = (name: string, ca: string, ...more: readonly string[]): Files => {
      const by = ['--cacert', `${ca}.pem`, '--cakey', `${ca}.key`];
      const who = ['--dn', `C=JP, O=Lab, CN=${name}.example`, '--san', `${name}.example`];
      return {
        [`/etc/ipsec.d/private/${name}.key`]: key(name),
        [`/etc/ipsec.d/certs/${name}.pem`]: pki(
          '--issue',
          '--type',
          'priv',
          '--in',
          `${name}.key`,
          ...by,
          ...who,
          ...more,
        ),
      };
    };
    const past = ['--not-before', '01.01.20 00:00:00', '--not-after', '01.01.21 00:00:00'];
    const trusted = {
      '/etc/ipsec.d/cacerts/ca.pem': readFileSync(join(folder, 'ca.pem'), 'utf8'),
    };
    return {
      fw: { ...trusted, ...files('fw', 'ca'), ...files('fw-expired', 'ca', ...past) },
      peer: {
        ...trusted,
        ...files('peer', 'ca'),
        ...files('expired', 'ca', ...past),
        ...files('stranger', 'nobody'),
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
