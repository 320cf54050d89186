import type { DatabaseSync } from 'node:sqlite';
import type { StoreConfig } from '../config/config.ts';
import { usedBytes } from './database.ts';

/** So few at a time that the event loop does not notice. */
const batch = 1000;

/** Deletes a bounded part of what is too old or too much; true while there may be more. */
export function deleteSome(
  database: DatabaseSync,
  { retentionMs, maxBytes }: StoreConfig,
  now: number,
): boolean {
  const old = database
    .prepare(
      'DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY at LIMIT ?)',
    )
    .run(now - retentionMs, batch);
  const tooLarge = usedBytes(database) > maxBytes;
  const oldest = tooLarge
    ? database
        .prepare('DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?)')
        .run(batch)
    : undefined;
  database.exec('PRAGMA incremental_vacuum(64)');
  return Number(old.changes) === batch || Number(oldest?.changes ?? 0) === batch;
}
