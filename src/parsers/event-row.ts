import type { FromLog, LogEvent } from '../events/log-event.ts';

type WithoutLog<E> = E extends LogEvent ? Omit<E, keyof FromLog> : never;

/** What an event says, without what every event of a log carries. */
export type EventBody = WithoutLog<LogEvent>;

type Fields = Readonly<Record<string, string>>;

/** How the messages of one code become an event. */
export interface EventRow {
  /** Fields that every text of the code has to have. */
  readonly needs: readonly string[];
  readonly toEvent: (fields: Fields) => EventBody;
}

/** A row whose function sees the fields that it needs, and any other as possibly missing. */
export function row<Need extends string>(
  needs: readonly Need[],
  toEvent: (
    fields: Readonly<Record<Need, string>> & Readonly<Partial<Record<string, string>>>,
  ) => EventBody,
): EventRow {
  return { needs, toEvent };
}
