"""Figures of what the searches of a study saw."""
