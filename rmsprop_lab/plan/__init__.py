"""Describes what there is to compute: studies, their cells and runs, and the keys that identify them."""
