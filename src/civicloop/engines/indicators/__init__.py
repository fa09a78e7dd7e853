"""Figures of the city: defined as data, computed exactly, compared, ranked and guarded."""
