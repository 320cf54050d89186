/** Kinds of IKEv2 exchanges, as charon counts them; those of IKEv1 are among them. */
export const exchanges = ['ike-init', 'ike-auth', 'create-child', 'info'] as const;

/** Priorities of charon's jobs, the most urgent first. */
export const jobPriorities = ['critical', 'high', 'medium', 'low'] as const;

/** How much charon has to do at one moment. */
export interface CharonLoad {
  /** Threads that wait for a job. */
  readonly idleWorkers: number;
  /** Threads at work, and jobs that wait for one, in the order of `jobPriorities`. */
  readonly activeWorkers: readonly number[];
  readonly queuedJobs: readonly number[];
  readonly ikeSas: number;
  readonly halfOpen: number;
}

/** IKE messages since charon started. */
export interface MessageCounts {
  /** Messages that could not be understood, or for no IKE_SA that there is. */
  readonly invalid: number;
  readonly invalidSpi: number;
  /** In the order of `exchanges`. */
  readonly messages: readonly {
    readonly requestsIn: number;
    readonly responsesIn: number;
    readonly requestsOut: number;
    readonly responsesOut: number;
  }[];
}

/** What several connections have counted together. */
export function summed(counts: readonly MessageCounts[]): MessageCounts {
  const sum = (of: (one: MessageCounts) => number): number =>
    counts.reduce((total, one) => total + of(one), 0);
  return {
    invalid: sum((one) => one.invalid),
    invalidSpi: sum((one) => one.invalidSpi),
    messages: exchanges.map((_, i) => ({
      requestsIn: sum(({ messages }) => messages[i]!.requestsIn),
      responsesIn: sum(({ messages }) => messages[i]!.responsesIn),
      requestsOut: sum(({ messages }) => messages[i]!.requestsOut),
      responsesOut: sum(({ messages }) => messages[i]!.responsesOut),
    })),
  };
}
