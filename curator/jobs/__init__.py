"""Jobs: the use cases, in which the steps of feeds, ranking and storage are put in order."""
