import type { CharonLoad, MessageCounts } from '../../events/charon-load.ts';
import { exchanges, jobPriorities } from '../../events/charon-load.ts';
import type { ViciSection } from './message.ts';
import { numberOf, sectionOf, sectionsOf } from './section.ts';

// strongSwan src/libcharon/plugins/vici/vici_query.c (stats), vici_counter.c (get-counters).

/** The answer to `stats`; undefined where it is another one. */
export function parseViciStats(message: ViciSection): CharonLoad | undefined {
  const workers = sectionOf(message, 'workers');
  const sas = sectionOf(message, 'ikesas');
  const [idle, ikeSas, halfOpen] = [
    numberOf(workers, 'idle'),
    numberOf(sas, 'total'),
    numberOf(sas, 'half-open'),
  ];
  if (idle === undefined || ikeSas === undefined || halfOpen === undefined) return undefined;
  return {
    idleWorkers: idle,
    activeWorkers: byPriority(sectionOf(workers, 'active')),
    queuedJobs: byPriority(sectionOf(message, 'queues')),
    ikeSas,
    halfOpen,
  };
}

function byPriority(section: ViciSection): CharonLoad['queuedJobs'] {
  return jobPriorities.map((priority) => numberOf(section, priority) ?? 0);
}

/** The answer to `get-counters`: by the name of the connection, that of all of them empty. */
export function parseViciCounters(message: ViciSection): ReadonlyMap<string, MessageCounts> {
  const counters = sectionsOf(sectionOf(message, 'counters'));
  return new Map(counters.map(([name, section]) => [name, countsOf(section)]));
}

function countsOf(section: ViciSection): MessageCounts {
  const count = (key: string): number => numberOf(section, key) ?? 0;
  return {
    invalid: count('invalid'),
    invalidSpi: count('invalid-spi'),
    messages: exchanges.map((exchange) => ({
      requestsIn: count(`${exchange}-in-req`),
      responsesIn: count(`${exchange}-in-resp`),
      requestsOut: count(`${exchange}-out-req`),
      responsesOut: count(`${exchange}-out-resp`),
    })),
  };
}
