-- The settings of each brand: brand.toml and feeds.opml as a person wrote them, every version that a command recorded. What a file
-- holds that was recorded before is behind, and not edited.

CREATE TABLE curator.settings (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    file text COLLATE "C" NOT NULL, -- brand.toml, feeds.opml
    version int NOT NULL,           -- 1, 2, … of the file
    print bytea NOT NULL,           -- SHA-256 of the body
    body bytea NOT NULL,            -- bytes, for the file may be in any encoding
    at timestamptz NOT NULL DEFAULT now(),
    place text NOT NULL,            -- machine and directory that it was recorded from
    PRIMARY KEY (brand, file, version)
);

-- The brands that have settings. Their names are the one thing that a transaction for all brands, "*", may read of others.
CREATE TABLE curator.brands (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    PRIMARY KEY (brand)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['settings', 'brands'] LOOP
        EXECUTE format('ALTER TABLE curator.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE curator.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_brand ON curator.%I USING (brand = current_setting(''curator.brand''))', name);
    END LOOP;
END $$;
CREATE POLICY names ON curator.brands FOR SELECT USING (current_setting('curator.brand') = '*');
