"""Text, dates, URLs, encodings and queries. Nothing here depends on brands or feeds."""
