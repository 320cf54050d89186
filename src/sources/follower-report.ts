import type { LogPosition } from '../events/log-position.ts';

/** Lines that follow one another in one file, and the position after the last of them. */
export interface LineBatch {
  /** None where a file has been opened for the first time. */
  readonly lines: readonly string[];
  /** Number of the first one in its file, counted from 1. */
  readonly firstLine: number;
  readonly readAt: number;
  readonly position: LogPosition;
}

export interface FollowerStatus {
  readonly path: string;
  /** Why nothing is read; undefined while the file is followed. */
  readonly problem: string | undefined;
  readonly lagBytes: number;
  readonly rotations: number;
  readonly lostBytes: number;
  readonly cutBytes: number;
}
