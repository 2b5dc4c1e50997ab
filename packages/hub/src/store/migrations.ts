/** The schema of the database, one step per version. A released step is never changed: a new one is added. */

export const SCHEMA_VERSION = 4;

/** Statements that bring the database from version n - 1 to n, in order of n. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL DEFAULT '',
    shards INTEGER NOT NULL DEFAULT 1,
    started_at TEXT NOT NULL,
    facts TEXT,
    state TEXT NOT NULL DEFAULT 'planned',
    status TEXT,
    duration_ms REAL,
    counts TEXT,
    verdicts TEXT,
    changes INTEGER NOT NULL DEFAULT 0,
    concluded INTEGER NOT NULL DEFAULT -1
  );
  CREATE INDEX runs_newest ON runs (started_at DESC);

  CREATE TABLE writers (
    run INTEGER NOT NULL, writer TEXT NOT NULL, shard INTEGER NOT NULL, role TEXT NOT NULL, mode TEXT,
    host TEXT, pid INTEGER, last_at TEXT NOT NULL,
    ended_status TEXT, ended_started_at TEXT, ended_duration_ms REAL,
    next_seq INTEGER NOT NULL, missing TEXT NOT NULL, kept INTEGER NOT NULL, rejected INTEGER NOT NULL,
    PRIMARY KEY (run, writer)
  ) WITHOUT ROWID;

  CREATE TABLE evidence_writers (
    run INTEGER NOT NULL, writer TEXT NOT NULL, next_seq INTEGER NOT NULL, missing TEXT NOT NULL,
    PRIMARY KEY (run, writer)
  ) WITHOUT ROWID;

  CREATE TABLE spool_files (
    folder TEXT NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL,
    PRIMARY KEY (folder, file)
  ) WITHOUT ROWID;

  CREATE TABLE rejected_lines (
    folder TEXT NOT NULL, file TEXT NOT NULL, reason TEXT NOT NULL, lines INTEGER NOT NULL,
    PRIMARY KEY (folder, file, reason)
  ) WITHOUT ROWID;

  CREATE TABLE identities (test TEXT PRIMARY KEY, identity TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE tests (
    run INTEGER NOT NULL, test TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL,
    tags TEXT NOT NULL, annotations TEXT NOT NULL, retries INTEGER NOT NULL, timeout_ms REAL NOT NULL,
    expected_status TEXT NOT NULL,
    PRIMARY KEY (run, test)
  ) WITHOUT ROWID;

  CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, test TEXT NOT NULL, retry INTEGER NOT NULL, started_at TEXT NOT NULL,
    shard INTEGER NOT NULL, writer TEXT NOT NULL, seq INTEGER NOT NULL,
    worker_index INTEGER, parallel_index INTEGER,
    status TEXT, expected_status TEXT, duration_ms REAL, errors TEXT, annotations TEXT, blocked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (test, run, retry, started_at)
  );
  CREATE INDEX attempts_of_run ON attempts (run);

  CREATE TABLE steps (run INTEGER NOT NULL, attempt INTEGER NOT NULL, steps TEXT NOT NULL);
  CREATE INDEX steps_of_attempt ON steps (attempt);

  CREATE TABLE output (run INTEGER NOT NULL, attempt INTEGER, at TEXT NOT NULL, stream TEXT NOT NULL, text TEXT NOT NULL);
  CREATE INDEX output_of_attempt ON output (attempt);

  CREATE TABLE attachments (
    run INTEGER NOT NULL, attempt INTEGER NOT NULL, name TEXT NOT NULL, content_type TEXT NOT NULL, path TEXT, size_bytes INTEGER
  );
  CREATE INDEX attachments_of_attempt ON attachments (attempt);

  CREATE TABLE evidence (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, test TEXT NOT NULL, retry INTEGER NOT NULL, shard INTEGER NOT NULL,
    started_at TEXT, records TEXT NOT NULL
  );
  CREATE INDEX evidence_of_attempt ON evidence (run, test, retry);

  CREATE TABLE run_errors (run INTEGER NOT NULL, at TEXT NOT NULL, worker_index INTEGER, error TEXT NOT NULL);
  CREATE INDEX run_errors_of_run ON run_errors (run);

  CREATE TABLE unknown_events (run INTEGER NOT NULL, writer TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL, line TEXT NOT NULL);

  CREATE TABLE judgements (
    run INTEGER NOT NULL, test TEXT NOT NULL, retry INTEGER NOT NULL, started_at TEXT NOT NULL,
    verdict TEXT NOT NULL, confidence REAL NOT NULL, findings TEXT NOT NULL, fingerprint TEXT NOT NULL, cluster TEXT NOT NULL,
    PRIMARY KEY (run, test, retry, started_at)
  ) WITHOUT ROWID;

  CREATE TABLE clusters (
    run INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, verdict TEXT NOT NULL, remedy TEXT NOT NULL,
    attempts INTEGER NOT NULL, tests INTEGER NOT NULL,
    PRIMARY KEY (run, id)
  ) WITHOUT ROWID;
  CREATE INDEX clusters_by_id ON clusters (id);
  `,
  // Tests by number: a row is a third of the size, and what belongs to one run lies together on disk.
  `
  CREATE TABLE numbered (id INTEGER PRIMARY KEY, test TEXT NOT NULL UNIQUE, identity TEXT);
  INSERT INTO numbered (test, identity) SELECT test, identity FROM identities;
  INSERT OR IGNORE INTO numbered (test)
    SELECT test FROM attempts UNION SELECT test FROM evidence UNION SELECT test FROM judgements;
  DROP TABLE identities;
  ALTER TABLE numbered RENAME TO identities;

  CREATE TABLE numbered (
    run INTEGER NOT NULL, test INTEGER NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL,
    tags TEXT NOT NULL, annotations TEXT NOT NULL, retries INTEGER NOT NULL, timeout_ms REAL NOT NULL,
    expected_status TEXT NOT NULL,
    PRIMARY KEY (run, test)
  ) WITHOUT ROWID;
  INSERT INTO numbered SELECT run, (SELECT id FROM identities i WHERE i.test = t.test), file, line, col, tags,
    annotations, retries, timeout_ms, expected_status FROM tests t;
  DROP TABLE tests;
  ALTER TABLE numbered RENAME TO tests;

  CREATE TABLE numbered (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, test INTEGER NOT NULL, retry INTEGER NOT NULL, started_at TEXT NOT NULL,
    shard INTEGER NOT NULL, writer TEXT NOT NULL, seq INTEGER NOT NULL,
    worker_index INTEGER, parallel_index INTEGER,
    status TEXT, expected_status TEXT, duration_ms REAL, errors TEXT, annotations TEXT, blocked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, test, retry, started_at)
  );
  INSERT INTO numbered SELECT id, run, (SELECT id FROM identities i WHERE i.test = a.test), retry, started_at, shard,
    writer, seq, worker_index, parallel_index, status, expected_status, duration_ms, errors, annotations, blocked
    FROM attempts a;
  DROP TABLE attempts;
  ALTER TABLE numbered RENAME TO attempts;

  CREATE TABLE numbered (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL, test INTEGER NOT NULL, retry INTEGER NOT NULL, shard INTEGER NOT NULL,
    started_at TEXT, records TEXT NOT NULL
  );
  INSERT INTO numbered SELECT id, run, (SELECT id FROM identities i WHERE i.test = e.test), retry, shard, started_at,
    records FROM evidence e;
  DROP TABLE evidence;
  ALTER TABLE numbered RENAME TO evidence;
  CREATE INDEX evidence_of_attempt ON evidence (run, test, retry);

  CREATE TABLE numbered (
    run INTEGER NOT NULL, test INTEGER NOT NULL, retry INTEGER NOT NULL, started_at TEXT NOT NULL,
    verdict TEXT NOT NULL, confidence REAL NOT NULL, findings TEXT NOT NULL, fingerprint TEXT NOT NULL, cluster TEXT NOT NULL,
    PRIMARY KEY (run, test, retry, started_at)
  ) WITHOUT ROWID;
  INSERT INTO numbered SELECT run, (SELECT id FROM identities i WHERE i.test = j.test), retry, started_at, verdict,
    confidence, findings, fingerprint, cluster FROM judgements j;
  DROP TABLE judgements;
  ALTER TABLE numbered RENAME TO judgements;
  `,
  `
  CREATE TABLE closed_writers (
    run INTEGER NOT NULL, writer TEXT NOT NULL, last_seq INTEGER NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (run, writer)
  ) WITHOUT ROWID;
  `,
  // The newest runs with their names, without a look at the runs themselves.
  `
  DROP INDEX runs_newest;
  CREATE INDEX runs_newest ON runs (started_at DESC, run_id);
  `,
];
