import type { Problem } from '../offline/inputs.ts';
import type { Doors } from '../offline/open-inputs.ts';
import { systemClock } from '../platform/clock.ts';
import { systemFiles } from '../platform/files.ts';
import { gunzip } from '../platform/gunzip.ts';
import { complain, setExitStatus, showProgress } from '../platform/system.ts';
import { exitStatus } from './usage.ts';

/** Between two signs of life. */
const progressMs = 200;

/** The doors for reading files, with progress at the terminal; `finish` wipes that out. */
export function readingDoors(): { readonly doors: Doors; readonly finish: () => void } {
  let bytes = 0;
  let shownAt = systemClock.monotonicMs();
  const onRead = (count: number): void => {
    bytes += count;
    const now = systemClock.monotonicMs();
    if (now - shownAt < progressMs) return;
    shownAt = now;
    showProgress(`${Math.floor(bytes / 1e6)} MB of logs read`);
  };
  return {
    doors: { files: systemFiles, gunzip, onRead },
    finish: () => showProgress(''),
  };
}

/** Says what could not be read, if anything could not, and makes that the exit status. */
export function complainOf(problems: readonly Problem[]): void {
  const serious = problems.filter(({ isSkipped }) => !isSkipped);
  for (const { name, detail } of serious) complain(`tunnelwarden: ${name} ${detail}`);
  if (serious.length > 0) setExitStatus(exitStatus.failure);
}
