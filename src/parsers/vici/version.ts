/** `5.9.8`, `6.0.3dr1` → whether it is that release or a later one; one that is no version is taken for new. */
export function isAtLeast(version: string, release: string): boolean {
  const ours = numbersOf(version);
  const differences = numbersOf(release).map((number, i) => (ours[i] ?? 0) - number);
  return ours.length === 0 || (differences.find((difference) => difference !== 0) ?? 0) >= 0;
}

function numbersOf(version: string): readonly number[] {
  return (/^\d{1,5}(?:\.\d{1,5}){0,3}/.exec(version)?.[0].split('.') ?? []).map(Number);
}
