"""Ranking of what many citizens suffer from."""
