/** One part of an Accept header (RFC 9110, section 12.5.1). */
interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

function parseRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const valueOf = (name: string): string | undefined =>
    parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
  const quality = Number(valueOf('q') ?? 1);
  return { type, version: valueOf('version'), quality: Number.isNaN(quality) ? 0 : quality };
}

/**
 * Whether OpenMetrics 1.0 is asked for by name, and at least as much as plain text. Browsers and
 * curl, which take anything, get plain text.
 */
export function prefersOpenMetrics(accept: string): boolean {
  const ranges = accept.split(',').map((text) => parseRange(text));
  const best = (isMeant: (range: MediaRange) => boolean): number =>
    Math.max(0, ...ranges.filter((range) => isMeant(range)).map(({ quality }) => quality));
  const openMetrics = best(
    ({ type, version = '1.0.0' }) =>
      type === 'application/openmetrics-text' && version.replaceAll('"', '') === '1.0.0',
  );
  return openMetrics > 0 && openMetrics >= best(({ type }) => type === 'text/plain');
}

/**
 * The language that an Accept-Language header (RFC 9110, section 12.5.4) likes best of those there
 * are; undefined where it names none of them.
 */
export function preferredLanguage<T extends string>(
  accept: string,
  offered: readonly T[],
): T | undefined {
  const ranges = accept.split(',').map((text) => parseRange(text));
  const wanted = ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { type } of wanted) {
    const found = offered.find((language) => type === language || type.startsWith(`${language}-`));
    if (found !== undefined) return found;
  }
  return undefined;
}
