/** Where the reading of one file has come to; enough to find the file and the place again. */
export interface LogPosition {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
  /** Length and hash of the file's beginning, at most 256 bytes: tells a re-used inode. */
  readonly headBytes: number;
  readonly headHash: string;
  /** End of the last line that was processed, in bytes, and how many lines that makes. */
  readonly offset: number;
  readonly lines: number;
  /** Hash of the 64 bytes before the offset: tells a file that was truncated and has grown again. */
  readonly tailHash: string;
  /** Milliseconds since the epoch: what was rotated after this is still to be read. */
  readonly modifiedAt: number;
}
