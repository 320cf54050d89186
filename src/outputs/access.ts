import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { ConfigError } from '../config/config-error.ts';
import type { ConfigProblem } from '../config/config-error.ts';
import type { HttpConfig } from '../config/config.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { Logger } from '../platform/logger.ts';
import { verifyPassword } from './password.ts';
import type { ProblemCode } from './problems.ts';
import { Throttle } from './throttle.ts';

export interface AccessDependencies {
  readonly clock: Clock;
  readonly files: Files;
  readonly logger: Logger;
}

/** What access depends on in a request. */
export interface AccessRequest {
  /** Of the client, as the socket has it. */
  readonly address: string;
  /** The route's path as it was registered; undefined where there is no such route. */
  readonly route: string | undefined;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
}

export interface Refusal {
  readonly code: Extract<ProblemCode, 'unauthorized' | 'too-many-failures' | 'wrong-host'>;
  readonly detail: string;
  readonly headers: Record<string, string | string[]>;
}

export type RefusalCounts = Readonly<Record<Refusal['code'], number>>;

/** A token is a key, not a password: it is compared at once, so it has to be beyond guessing. */
const shortestToken = 32;

/** Passwords that are being checked at one time: each takes 16 MiB. */
const mostChecks = 4;

/** Credentials that were right are remembered, hashed under a key of this process, as so many. */
const mostRemembered = 256;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who may ask for what: the Host header, bearer tokens, users with a password, failures. */
export class Access {
  readonly #dependencies: AccessDependencies;
  readonly #throttle: Throttle;
  readonly #memoryKey = randomBytes(32);
  readonly #remembered = new Set<string>();
  readonly #counts = { unauthorized: 0, 'too-many-failures': 0, 'wrong-host': 0 };
  #config: HttpConfig;
  #tokens: readonly Buffer[] = [];
  #checks = 0;

  /** @throws ConfigError when a token file cannot be used. */
  constructor(config: HttpConfig, dependencies: AccessDependencies) {
    this.#dependencies = dependencies;
    this.#throttle = new Throttle(dependencies.clock);
    this.#config = config;
    this.load(config);
  }

  /** Requests refused since the start. */
  get counts(): RefusalCounts {
    return this.#counts;
  }

  /** Whether credentials are needed, but for what is open. */
  get isProtected(): boolean {
    return this.#config.users.length > 0 || this.#tokens.length > 0;
  }

  /** Takes another configuration, and reads the token files again. @throws ConfigError */
  load(config: HttpConfig): void {
    const tokens = config.tokenFiles.map((path, i) => this.#readToken(path, i));
    const problems = tokens.flatMap((token) => (Buffer.isBuffer(token) ? [] : [token]));
    if (problems.length > 0) throw new ConfigError('http', problems);
    this.#tokens = tokens.filter((token) => Buffer.isBuffer(token));
    this.#config = config;
    this.#remembered.clear();
  }

  /** Undefined when the request may go on. */
  async refusal(request: AccessRequest): Promise<Refusal | undefined> {
    const refused = this.#wrongHost(request) ?? (await this.#unauthorized(request));
    if (refused !== undefined) this.#counts[refused.code] += 1;
    return refused;
  }

  #wrongHost({ host }: AccessRequest): Refusal | undefined {
    if (!this.#config.isLoopback || host === undefined) return undefined;
    const name = host.replace(/:\d+$/, '').toLowerCase();
    // A name that some attacker's DNS leads to 127.0.0.1 is a name; an address cannot be rebound.
    const isAddress = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/.test(name);
    if (isAddress || name === 'localhost') return undefined;
    if (this.#config.hostNames.some((one) => one.toLowerCase() === name)) return undefined;
    const detail =
      'the Host header names neither an address, nor localhost, nor one of http.host_names';
    return { code: 'wrong-host', detail, headers: {} };
  }

  async #unauthorized(request: AccessRequest): Promise<Refusal | undefined> {
    const area = areaOf(request.route);
    if (!this.isProtected || (area !== undefined && this.#config.open.includes(area))) {
      return undefined;
    }
    const [scheme = '', value = ''] = (request.authorization ?? '').split(/ +(.*)/);
    if (scheme.toLowerCase() === 'bearer' && this.#isToken(value)) return undefined;
    const waitSeconds = this.#throttle.waitSeconds(request.address);
    if (waitSeconds > 0)
      return tooMany('too many wrong credentials from this address', waitSeconds);
    // Browsers and curl ask without credentials first: that is no failure.
    if (scheme === '') return this.#challenge('credentials are needed');
    if (scheme.toLowerCase() === 'basic') {
      if (this.#isRemembered(value)) return undefined;
      if (this.#checks >= mostChecks) return tooMany('too many passwords are being checked', 1);
      if (await this.#isUser(value)) return undefined;
    }
    if (this.#throttle.fail(request.address)) {
      const { address } = request;
      this.#dependencies.logger.warn(
        { address },
        `${address} gave wrong credentials again and again`,
      );
    }
    return this.#challenge('these credentials are not known');
  }

  #challenge(detail: string): Refusal {
    const challenges = [
      ...(this.#config.users.length > 0 ? ['Basic realm="tunnelwarden", charset="UTF-8"'] : []),
      ...(this.#tokens.length > 0 ? ['Bearer realm="tunnelwarden"'] : []),
    ];
    return { code: 'unauthorized', detail, headers: { 'www-authenticate': challenges } };
  }

  /** Compares with every token, in a time that tells nothing about them. */
  #isToken(value: string): boolean {
    const given = sha256(value);
    return this.#tokens.filter((token) => timingSafeEqual(token, given)).length > 0;
  }

  async #isUser(value: string): Promise<boolean> {
    const credentials = Buffer.from(value, 'base64').toString('utf8');
    const colon = credentials.indexOf(':');
    const name = credentials.slice(0, colon);
    const user = this.#config.users.find((one) => one.name === name);
    this.#checks += 1;
    try {
      const isRight = await verifyPassword(credentials.slice(colon + 1), user?.password);
      // Whoever it was may have been removed meanwhile.
      if (!isRight || colon < 0 || !this.#config.users.includes(user!)) return false;
      if (this.#remembered.size < mostRemembered) this.#remembered.add(this.#memoryOf(value));
      return true;
    } finally {
      this.#checks -= 1;
    }
  }

  #memoryOf(value: string): string {
    return createHmac('sha256', this.#memoryKey).update(value).digest('base64');
  }

  #isRemembered(value: string): boolean {
    return this.#remembered.has(this.#memoryOf(value));
  }

  /** The SHA-256 of a file's token, or what is wrong with the file. */
  #readToken(path: string, index: number): Buffer | ConfigProblem {
    const read = this.#dependencies.files.readSecret(path);
    const problem = (message: string): ConfigProblem => {
      return { path: `token_files.${index}`, line: undefined, message };
    };
    if (!read.ok) return problem(read.detail);
    if (read.isExposed) {
      const text = `${path} can be read or written by every user of this host; chmod 640 or 600 it`;
      this.#dependencies.logger.warn({ path }, text);
    }
    const token = read.text.trim();
    if (token.length >= shortestToken && !/\s/.test(token)) return sha256(token);
    return problem(
      `${path} must hold one token of at least ${shortestToken} characters on one line`,
    );
  }
}

function tooMany(detail: string, waitSeconds: number): Refusal {
  return { code: 'too-many-failures', detail, headers: { 'retry-after': String(waitSeconds) } };
}

/** The part of the surface that a route belongs to, where it can be opened to all. */
function areaOf(route: string | undefined): 'health' | 'metrics' | undefined {
  if (route === '/metrics') return 'metrics';
  if (route === undefined) return undefined;
  return /^\/(?:healthz|readyz|health\/.*)$/.test(route) ? 'health' : undefined;
}
