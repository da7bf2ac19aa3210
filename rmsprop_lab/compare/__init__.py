"""Ranking and statistics: pure functions over tables."""
