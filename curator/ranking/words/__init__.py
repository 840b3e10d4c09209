"""Topics and items word by word: late interaction, its calibration, and the lexicon between two languages."""
