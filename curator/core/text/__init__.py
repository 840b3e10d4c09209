"""Cleaning and reading text, dates, addresses and queries. Nothing here knows of brands or feeds."""
