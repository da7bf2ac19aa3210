"""Figures. Nothing here uses pyplot: a figure belongs to whoever made it, and no window is ever opened."""

COMPARISON = "comparison.png"
SENSITIVITY = "sensitivity.png"
"""The files of a study's `figures/` that show all of it."""
