"""From the address of a feed to items: HTTP, parsing, article extraction, worker processes and schedules."""
