"""Credit: ratios, scores, limits, terms, signals. Pure functions; may import `policy` and `core`."""
