"""Benchmarks: ratios of things timed alternately in one process, each beside its target. `make bench` runs them."""
