import type { LogEvent } from './log-event.ts';
import type { Observation } from './observation.ts';

/** Everything that parsers make and the engine consumes. */
export type TunnelEvent = LogEvent | Observation;
