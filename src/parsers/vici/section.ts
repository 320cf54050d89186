import type { ViciSection } from './message.ts';

const nothing: ViciSection = new Map();

/** The section of a key; an empty one where there is none. */
export function sectionOf(section: ViciSection, key: string): ViciSection {
  const value = section.get(key);
  return value instanceof Map ? value : nothing;
}

/** The sections within a section, with their keys. */
export function sectionsOf(section: ViciSection): readonly (readonly [string, ViciSection])[] {
  return [...section].flatMap(([key, value]) =>
    value instanceof Map ? [[key, value] as const] : [],
  );
}

export function textOf(section: ViciSection, key: string): string | undefined {
  const value = section.get(key);
  return typeof value === 'string' ? value : undefined;
}

export function listOf(section: ViciSection, key: string): readonly string[] {
  const value = section.get(key);
  return Array.isArray(value) ? value : [];
}

/** A count or a number of seconds: what is negative or no number is not there. */
export function numberOf(section: ViciSection, key: string): number | undefined {
  const text = textOf(section, key);
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}
