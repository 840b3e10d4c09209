"""Publishing: posts as files of calendars, schedulers and spreadsheets, and as events on a calendar server."""
