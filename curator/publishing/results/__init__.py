"""Analytics exports of schedulers: read, and joined to the posts of the calendar."""
