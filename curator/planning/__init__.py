"""Planning: from a pick to a time in the calendar and the text of a post."""
