"""Assessing: tables of figures in, tables of verdicts, comparisons and areas out."""
