"""The portfolio: exposure, concentration, structure, cover. Pure functions; may import `policy` and `core`."""
