"""Figures. Nothing here uses pyplot: a figure belongs to whoever made it, and no window is ever opened."""

COMPARISON, SENSITIVITY = "comparison.png", "sensitivity.png"
BUDGET, IMPORTANCE = "budget.png", "importance.png"
"""The files of a study's `figures/` that show all of it."""
