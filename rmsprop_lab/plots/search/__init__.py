"""Draws figures of searches: trials, sensitivity, budget and importance."""
