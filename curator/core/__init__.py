"""The nouns of curator, its errors and the protocols its parts implement."""
