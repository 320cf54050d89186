/** Both ends' traffic selectors, one text each, as charon prints them. */
export interface Selectors {
  readonly localTs: readonly string[];
  readonly remoteTs: readonly string[];
}

/** `A B === C D`. Releases before 5.3.4 end every selector in a blank: `A B === C D `. */
export function parseSelectors(text: string): Selectors | undefined {
  const at = text.indexOf('===');
  if (at < 0) return undefined;
  return { localTs: words(text.slice(0, at)), remoteTs: words(text.slice(at + 3)) };
}

function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}
