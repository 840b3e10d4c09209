"""The store on Postgres: many brands in one database, kept apart by row level security."""
