"""Ranks optimizers and computes statistics of searches: pure functions of arrays and tables."""
