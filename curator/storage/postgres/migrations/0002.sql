-- The search index of each brand, derived from its library. An administrator makes the extension where this role may not.

CREATE EXTENSION IF NOT EXISTS vector;

-- Every item as search knows it. The lexemes are cut and stemmed by the program, as those of an index in files are.
CREATE TABLE curator.search_items (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL,
    published bigint NOT NULL,
    words tsvector NOT NULL,
    card bytea NOT NULL, -- the item and its fits, as JSON
    PRIMARY KEY (brand, id)
) WITH (toast_tuple_target = 128); -- texts lie apart, so that counting matches reads few pages
CREATE INDEX search_items_words ON curator.search_items USING gin (words);

-- The words of all items, in which misspelt ones are looked for.
CREATE TABLE curator.search_lexicon (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    word text COLLATE "C" NOT NULL,
    PRIMARY KEY (brand, word)
);

-- In parts, each with a graph of its own: in one graph of all brands the nearest of a small one are lost among the others'.
CREATE TABLE curator.search_vectors (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    id text COLLATE "C" NOT NULL,
    vector halfvec NOT NULL, -- integers of 8 bits, as in an index in files
    scale real NOT NULL,     -- by which they are multiplied
    PRIMARY KEY (brand, id)
) PARTITION BY HASH (brand);
ALTER TABLE curator.search_vectors ALTER vector SET STORAGE MAIN; -- beside its id: an exact search reads them all
CREATE INDEX search_vectors_384 ON curator.search_vectors
    USING hnsw ((vector::halfvec(384)) halfvec_cosine_ops) WHERE vector_dims(vector) = 384;
DO $$
BEGIN
    FOR part IN 0..63 LOOP
        EXECUTE format('CREATE TABLE curator.search_vectors_%s PARTITION OF curator.search_vectors FOR VALUES WITH (MODULUS 64, REMAINDER %s)', part, part);
    END LOOP;
END $$;

-- What an index was made of: one row.
CREATE TABLE curator.search_manifest (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    manifest bytea NOT NULL,
    fingerprints bytea NOT NULL,
    PRIMARY KEY (brand)
);

DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'curator' AND tablename LIKE 'search%' LOOP
        EXECUTE format('ALTER TABLE curator.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE curator.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_brand ON curator.%I USING (brand = current_setting(''curator.brand''))', name);
    END LOOP;
END $$;
