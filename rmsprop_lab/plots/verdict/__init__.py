"""Draws figures of a verdict: scores with their intervals, runtimes, performance profiles and mean ranks."""
