-- Libraries of many brands. Records are the JSON that TinyDB files hold too, byte for byte (json, not jsonb).
-- A row belongs to the brand that its transaction names (SET LOCAL curator.brand); no query names a brand itself.
-- FORCE binds the owner of the tables too. Without a name the policies match nothing.

CREATE TABLE curator.items (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL,
    found timestamptz NOT NULL,
    month text COLLATE "C" NOT NULL, -- of found, in UTC: 2026-11
    print text NOT NULL,             -- hash of the record
    record json NOT NULL,
    PRIMARY KEY (brand, id)
);
CREATE INDEX items_found ON curator.items (brand, found, id);
CREATE INDEX items_month ON curator.items (brand, month, id);

CREATE TABLE curator.texts (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL,
    record json NOT NULL, -- a JSON string: a text of Postgres cannot hold U+0000
    PRIMARY KEY (brand, id)
);

CREATE TABLE curator.posts (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (brand, id)
);

CREATE TABLE curator.decisions (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id bigint NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (brand, id)
);

CREATE TABLE curator.notices (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (brand, id)
);

CREATE TABLE curator.reports (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id date NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (brand, id)
);

CREATE TABLE curator.feeds (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL, -- hash of the URL, which may be longer than an index takes
    record json NOT NULL,
    PRIMARY KEY (brand, id)
);

CREATE TABLE curator.results (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (brand, id)
);

CREATE TABLE curator.sites (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL, -- hash of the site
    record json NOT NULL,
    PRIMARY KEY (brand, id)
);

CREATE TABLE curator.traces (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL,
    entry_hash bigint NOT NULL,
    PRIMARY KEY (brand, id)
);
CREATE INDEX traces_entry_hash ON curator.traces (brand, entry_hash);

-- Versions of what a search index is made of. They are random, so that no two libraries ever have the same.
CREATE TABLE curator.stamps (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    kind text NOT NULL, -- month, cache
    name text COLLATE "C" NOT NULL,
    stamp uuid NOT NULL DEFAULT gen_random_uuid(),
    PRIMARY KEY (brand, kind, name)
);

-- What models have computed, as the bytes of the arrays: what decides a list must come back exactly.
CREATE TABLE curator.cache (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    kind text NOT NULL, -- vectors, words, scores, spaces
    key bytea NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (brand, kind, key)
);

DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'curator' AND tablename <> 'migrations' LOOP
        EXECUTE format('ALTER TABLE curator.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE curator.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_brand ON curator.%I USING (brand = current_setting(''curator.brand''))', name);
    END LOOP;
END $$;
