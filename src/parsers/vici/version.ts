/** `5.9.8`, `6.0.3dr1` → whether it is that release or a later one; one that is no version is taken for new. */
export function isAtLeast(version: string, release: string): boolean {
  const [ours, theirs] = [numbersOf(version), numbersOf(release)];
  const differing = theirs.findIndex((number, i) => number !== ours[i]);
  return ours.length === 0 || differing === -1 || (ours[differing] ?? 0) > (theirs[differing] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  return (/^\d{1,5}(?:\.\d{1,5}){0,3}/.exec(version)?.[0].split('.') ?? []).map(Number);
}
