"""Figures as pages show them: cards, series, definitions in words."""
