"""The scores that a search can minimise, by their names in `search.score`."""

TARGETS = tuple(f"1e-{exponent}" for exponent in range(1, 8))
"""Shares of the gap at the start: `steps_to_1e-3` is the number of iterations until a thousandth of it is left."""

SCORES = {
    "best_gap": "the smallest gap of all iterations",
    "final_gap": "the gap at the last iteration",
    **{f"steps_to_{target}": f"the iterations until {target} of the first gap is left" for target in TARGETS},
}
"""Each score in words."""
