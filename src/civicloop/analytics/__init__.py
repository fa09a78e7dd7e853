"""Calculations of the engines on more machines than one: nothing here knows Django."""
