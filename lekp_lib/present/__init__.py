"""Presentation: numbers and words, drawings and blocks of a report."""
