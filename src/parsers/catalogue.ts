import { alertLines, sophosAlerts } from './catalogue/alerts.ts';
import { auth } from './catalogue/auth.ts';
import { certificate } from './catalogue/certificate.ts';
import { child } from './catalogue/child.ts';
import { collision } from './catalogue/collision.ts';
import { configControl } from './catalogue/config-control.ts';
import { daemon } from './catalogue/daemon.ts';
import { debug } from './catalogue/debug.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { gateway } from './catalogue/gateway.ts';
import { ike } from './catalogue/ike.ts';
import { kernel } from './catalogue/kernel.ts';
import { liveness } from './catalogue/liveness.ts';
import { message } from './catalogue/message.ts';
import { mobike } from './catalogue/mobike.ts';
import { monitor } from './catalogue/monitor.ts';
import { network } from './catalogue/network.ts';
import { malformed } from './catalogue/malformed.ts';
import { noise } from './catalogue/noise.ts';
import { proposal } from './catalogue/proposal.ts';
import { guideSentences, sophosSentences } from './catalogue/sophos.ts';
import { type Matcher, type Rule, compileEntries, createMatcher } from './matcher.ts';

/**
 * What is known about messages, by where they come from. The first entry that fits counts. Those of
 * charon are the format strings of strongSwan 5.0.0 to 6.0.6 up to level 1, and those of level 2 where tunnels are
 * concerned.
 */
export const catalogue = {
  /** Lines of charon, and what SFOS writes into the same files. */
  charon: [
    ...daemon,
    ...network,
    ...ike,
    ...proposal,
    ...auth,
    ...certificate,
    ...message,
    ...liveness,
    ...mobike,
    ...child,
    ...collision,
    ...kernel,
    ...configControl,
    ...alertLines,
    ...guideSentences,
    ...sophosSentences,
    ...noise,
    ...malformed,
    ...debug,
  ],
  /** The message of an event record of SFOS about IPsec. */
  record: [...sophosSentences, ...sophosAlerts],
  /** dgd.log, and event records about gateways and interfaces. */
  gateway,
  /** strongswan-monitor.log; what charon's starter says may well stand there. */
  monitor: [...daemon, ...monitor],
} as const satisfies Record<string, readonly CatalogueEntry[]>;

export type Family = keyof typeof catalogue;

/** One matcher for each family. */
export type Matchers = Readonly<Record<Family, Matcher>>;

/** Compiles the catalogue, the rules of the configuration in front of every family. */
export function createMatchers(userRules: readonly Rule[]): Matchers {
  const create = (family: Family): Matcher =>
    createMatcher([...userRules, ...compileEntries(catalogue[family])]);
  return {
    charon: create('charon'),
    record: create('record'),
    gateway: create('gateway'),
    monitor: create('monitor'),
  };
}
