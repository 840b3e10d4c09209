"""The types of curator, its errors, and the protocols that its parts implement."""
