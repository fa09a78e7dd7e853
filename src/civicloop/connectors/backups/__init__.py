"""Copies of an installation that can be brought back: its database, its files, and apart its keys."""
