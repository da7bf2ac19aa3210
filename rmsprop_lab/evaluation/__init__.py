"""Turns traces into numbers: measures of runs, dense maps, the largest stable step size."""
