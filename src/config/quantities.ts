const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytes = { MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** `90d` → milliseconds. The schema has checked the form. */
export function durationMs(text: string): number {
  return quantity(text, milliseconds);
}

/** `512MiB` → bytes. The schema has checked the form. */
export function sizeBytes(text: string): number {
  return quantity(text, bytes);
}

function quantity(text: string, units: Readonly<Record<string, number>>): number {
  const unit = text.replace(/^\d+/, '');
  return Number.parseInt(text, 10) * (units[unit] ?? Number.NaN);
}
