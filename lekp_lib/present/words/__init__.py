"""The words of a report: every sentence, title and text alternative, made by rule from assessments (design.md 7).

A sentence that stands on the web page and in the PDF comes out of the same function, so the two cannot differ.
"""
