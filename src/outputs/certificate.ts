import { createSecureContext } from 'node:tls';
import type { Server } from 'node:tls';
import { ConfigError } from '../config/config-error.ts';
import type { TlsConfig } from '../config/config.ts';
import type { Timer } from '../platform/clock.ts';
import type { AccessDependencies } from './access.ts';

/** Certificate and key as PEM. */
interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Renewal tools write two files, one after the other: what does not fit together yet is looked at again. */
const lookEveryMs = 5000;

/** The certificate that is served: read at the start, and again whenever its files change. */
export class Certificate {
  readonly #config: TlsConfig;
  readonly #dependencies: AccessDependencies;
  #pair: KeyPair;
  #problem: string | undefined;
  #timer: Timer | undefined;
  #server: Server | undefined;

  /** @throws ConfigError when the files hold no certificate with its key. */
  constructor(config: TlsConfig, dependencies: AccessDependencies) {
    this.#config = config;
    this.#dependencies = dependencies;
    const read = this.#read();
    if (typeof read === 'string') {
      throw new ConfigError('http', [{ path: 'tls', line: undefined, message: read }]);
    }
    this.#pair = read;
  }

  get pair(): KeyPair {
    return this.#pair;
  }

  /** Keeps a server's certificate up to date. */
  follow(server: Server): void {
    this.#server = server;
    this.#timer = this.#dependencies.clock.every(lookEveryMs, () => this.reload());
  }

  /** Takes what the files hold now; where that cannot be used, what was there before stays. */
  reload(): void {
    const { logger } = this.#dependencies;
    const read = this.#read();
    if (typeof read === 'string') {
      if (read !== this.#problem) logger.error({}, `the old certificate stays in use: ${read}`);
      this.#problem = read;
      return;
    }
    this.#problem = undefined;
    if (read.cert === this.#pair.cert && read.key === this.#pair.key) return;
    this.#pair = read;
    this.#server?.setSecureContext({ ...read, minVersion: 'TLSv1.2' });
    logger.info({}, `the certificate was read again from ${this.#config.certificate}`);
  }

  close(): void {
    this.#timer?.cancel();
  }

  #read(): KeyPair | string {
    const { files, logger } = this.#dependencies;
    const [cert, key] = [
      files.readSecret(this.#config.certificate),
      files.readSecret(this.#config.key),
    ];
    if (!cert.ok) return cert.detail;
    if (!key.ok) return key.detail;
    if (key.isExposed && this.#server === undefined) {
      const path = this.#config.key;
      logger.warn(
        { path },
        `${path} can be read or written by every user of this host; chmod 640 or 600 it`,
      );
    }
    try {
      const pair = { cert: cert.text, key: key.text };
      createSecureContext(pair);
      return pair;
    } catch (error) {
      // OpenSSL names what it missed, never what it read.
      const reason = error instanceof Error ? error.message : String(error);
      return `${this.#config.certificate} and ${this.#config.key} are no certificate with its key (${reason})`;
    }
  }
}
