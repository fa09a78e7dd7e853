"""Scores of the text engines against people's judgement."""
