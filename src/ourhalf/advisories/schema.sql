PRAGMA application_id = 0x6f757268;
PRAGMA user_version = 1;
CREATE TABLE source (
    key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, as_of TEXT NOT NULL, records INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL, digest TEXT NOT NULL, answers BLOB NOT NULL, whole INTEGER NOT NULL
);
CREATE TABLE advisory (
    key INTEGER PRIMARY KEY, source INTEGER NOT NULL, id TEXT NOT NULL, modified TEXT NOT NULL, digest BLOB NOT NULL,
    published TEXT NOT NULL, withdrawn TEXT NOT NULL, body BLOB NOT NULL, details TEXT NOT NULL
);
CREATE TABLE name (key INTEGER PRIMARY KEY, space TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (space, name));
CREATE TABLE affected (name INTEGER NOT NULL, advisory INTEGER NOT NULL, part INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE alias (id TEXT NOT NULL, advisory INTEGER NOT NULL);
CREATE TABLE enrichment (
    cve TEXT NOT NULL, source INTEGER NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (cve, source)
) WITHOUT ROWID;
CREATE TABLE quarantine (
    source INTEGER NOT NULL, record TEXT NOT NULL, reason TEXT NOT NULL, names TEXT NOT NULL,
    PRIMARY KEY (source, record, reason, names)
) WITHOUT ROWID;
CREATE TABLE unusable (
    name INTEGER NOT NULL, source INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (name, source, record)
) WITHOUT ROWID;
