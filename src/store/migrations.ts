/** Marks a SQLite file as ours (PRAGMA application_id): "TWdn". */
export const applicationId = 0x5457_646e;

/**
 * The schema, step by step; PRAGMA user_version counts the steps that a database has taken.
 * A step is never edited after a release: a later one changes what it made.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE positions (path TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE state (
     kind TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, name)
   ) WITHOUT ROWID;
   CREATE TABLE events (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     at INTEGER NOT NULL,
     kind TEXT NOT NULL,
     subject TEXT NOT NULL,
     json TEXT NOT NULL
   );
   CREATE INDEX events_by_subject ON events (kind, subject, id);
   CREATE INDEX events_by_time ON events (at);`,
];
