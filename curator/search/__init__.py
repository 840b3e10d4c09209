"""Search: from a query to hits, by words and by meaning, over an index that keeps itself in step with the library."""
