"""Files of indicators: definitions and goal trees in TOML, observations in tables."""
