"""Talks with other systems and formats: nothing here knows Django."""
