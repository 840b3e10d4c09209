"""Ranking: from kept items to the cards of a reading list."""
