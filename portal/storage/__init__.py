"""Rows ↔ core: the only place that speaks SQL."""
