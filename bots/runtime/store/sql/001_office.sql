-- One office: what came in, what is to go out, what it knows. Times are seconds since the epoch.
-- Every `sealed` column is opaque without the office's key; every BLOB key is a fingerprint.

-- Keys, wrapped: see bots.runtime.store.keyring.
CREATE TABLE keyring (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    wrapped TEXT NOT NULL
);

CREATE TABLE vault (
    kind TEXT NOT NULL,
    key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;

CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('ready', 'locked', 'done', 'aside')),
    received REAL NOT NULL,
    lock BLOB,
    room BLOB,
    party BLOB,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    sealed BLOB
);
CREATE INDEX inbox_ready ON inbox (seq) WHERE state = 'ready';
CREATE INDEX inbox_party ON inbox (party, seq) WHERE state = 'ready';
CREATE INDEX inbox_room ON inbox (room, seq) WHERE state = 'ready';
CREATE INDEX inbox_locked ON inbox (lock) WHERE state = 'locked';
CREATE INDEX inbox_done ON inbox (received) WHERE state = 'done';

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    lane BLOB NOT NULL,
    party BLOB,
    makes BLOB,
    state TEXT NOT NULL CHECK (state IN ('ready', 'done', 'aside')),
    decided REAL NOT NULL,
    not_before REAL NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    sealed BLOB
);
CREATE INDEX outbox_ready ON outbox (lane, seq) WHERE state = 'ready';
CREATE INDEX outbox_makes ON outbox (makes) WHERE state = 'ready' AND makes IS NOT NULL;
CREATE INDEX outbox_done ON outbox (decided) WHERE state = 'done';

CREATE TABLE handles (
    handle BLOB PRIMARY KEY,
    event BLOB,
    room BLOB,
    sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX handles_event ON handles (event) WHERE event IS NOT NULL;
CREATE INDEX handles_room ON handles (room) WHERE room IS NOT NULL;

CREATE TABLE copies (
    seq INTEGER PRIMARY KEY,
    source BLOB NOT NULL,
    handle BLOB NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (source, handle)
);

-- `at` in seconds by the clock on the wall, or of all the time that the office has run so far.
CREATE TABLE timers (
    key BLOB PRIMARY KEY,
    clock TEXT NOT NULL,
    at REAL NOT NULL,
    sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX timers_at ON timers (clock, at);
