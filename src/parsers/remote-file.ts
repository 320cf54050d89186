/** A part of a file on another host, behind the line that `ls -lniL` printed about it. */
export interface RemotePart {
  /** As decimal text: it may be beyond 2^53. */
  readonly inode: string;
  readonly sizeBytes: number;
  /** One character a byte. */
  readonly bytes: string;
}

/** `INODE MODE LINKS UID GID SIZE DATE NAME`, of coreutils and of busybox. */
const listing = /^\s*(\d{1,20})\s+\S+\s+\d+\s+\S+\s+\S+\s+(\d{1,15})\s/;

/** What `readPart` of the remote log prints; undefined when it is something else. */
export function parseRemotePart(stdout: string): RemotePart | undefined {
  const end = stdout.indexOf('\n');
  const [, inode, size] = listing.exec(stdout.slice(0, Math.max(end, 0))) ?? [];
  if (inode === undefined) return undefined;
  return { inode, sizeBytes: Number(size), bytes: stdout.slice(end + 1) };
}

interface RemoteGeneration {
  readonly path: string;
  readonly inode: string;
}

const compressed = /\.(?:gz|xz|bz2|zst|lz4|Z)$/;

/** The rotated generations of a path in a listing of `PATH.*` and `PATH-*`, oldest first. */
export function parseRemoteGenerations(stdout: string, path: string): readonly RemoteGeneration[] {
  return stdout
    .split('\n')
    .flatMap((line) => {
      const inode = listing.exec(line)?.[1];
      const at = line.indexOf(` ${path}`) + 1;
      return inode === undefined || at === 0 || compressed.test(line)
        ? []
        : [{ path: line.slice(at), inode }];
    })
    .toSorted((a, b) => ageOf(b.path) - ageOf(a.path) || (a.path < b.path ? -1 : 1));
}

/** `.2` is older than `.1`; names with dates sort by themselves. */
function ageOf(path: string): number {
  return Number(/\.(\d{1,4})$/.exec(path)?.[1] ?? 0);
}
