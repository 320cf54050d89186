import type { Files, Watch } from '../platform/files.ts';
import { splitPath } from './generations.ts';

/** What the watch of a log's directory tells. */
export interface DirectoryWatchListener {
  /** The log, or a file named after it, has come, gone or been renamed. */
  onRename(): void;
  /** The log has been written to. */
  onWrite(): void;
}

/** Watches the directory that a log's path leads to, whichever that is by now. */
export class DirectoryWatch {
  readonly #path: string;
  readonly #files: Files;
  readonly #listener: DirectoryWatchListener;
  #watch: Watch | undefined;

  constructor(path: string, files: Files, listener: DirectoryWatchListener) {
    this.#path = path;
    this.#files = files;
    this.#listener = listener;
  }

  /** Begins to watch, or begins anew where the path leads to another directory now. */
  renew(): void {
    const { directory, base } = splitPath(this.#path);
    if (this.#watch?.isOn(directory) ?? false) return;
    this.#watch?.close();
    this.#watch = this.#files.watchDirectory(directory, (name, isRename) => {
      if (!isRename && name === base) this.#listener.onWrite();
      if (isRename && name.startsWith(base)) this.#listener.onRename();
    });
  }

  close(): void {
    this.#watch?.close();
  }
}
