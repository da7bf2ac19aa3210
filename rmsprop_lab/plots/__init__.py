"""Draws figures, without pyplot: no global state, no windows."""

COMPARISON, SENSITIVITY = "comparison.png", "sensitivity.png"
RACE = "race.webp"
BUDGET, IMPORTANCE = "budget.png", "importance.png"
SCORES, ECDF, PROFILE, RANKS = "scores.png", "ecdf.png", "profile.png", "ranks.png"
STUDY_FIGURES = (SCORES, COMPARISON, RANKS, ECDF, PROFILE, SENSITIVITY, BUDGET, IMPORTANCE)
"""The files in a study's `figures/` that show the whole study, in the order in which a person wants to see them."""
