const decoder = new TextDecoder();

/**
 * Bytes, one character each (latin1), as the text that they are in UTF-8; what is invalid becomes
 * U+FFFD. Most text is ASCII, and is left as it is.
 */
export function decodeUtf8(bytes: string): string {
  if (!/[\u0080-\u00ff]/.test(bytes)) return bytes;
  return decoder.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
