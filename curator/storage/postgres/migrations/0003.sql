-- Leases of hosts, so that machines that share a database are polite together. A row is one request that may be in flight.
-- All rows belong to the brand "*", which no library may be called: politeness is owed by all brands at once. A host is kept as
-- a hash, because which hosts a brand reads is nobody else's business.

CREATE TABLE curator.leases (
    brand text COLLATE "C" NOT NULL DEFAULT current_setting('curator.brand') CHECK (brand <> ''),
    host bytea NOT NULL,
    slot int NOT NULL,
    until timestamptz NOT NULL DEFAULT '-infinity',
    holder uuid NOT NULL DEFAULT gen_random_uuid(),
    PRIMARY KEY (brand, host, slot)
);
ALTER TABLE curator.leases ENABLE ROW LEVEL SECURITY;
ALTER TABLE curator.leases FORCE ROW LEVEL SECURITY;
CREATE POLICY own_brand ON curator.leases USING (brand = current_setting('curator.brand'));
