"""What a search can minimise, by the name it has in `search.score`."""

TARGETS = tuple(f"1e-{exponent}" for exponent in range(1, 8))
"""Shares of the gap at the start: `steps_to_1e-3` counts the iterations until 1/1000 of it is left."""

SCORES = {
    "best_gap": "the smallest gap along the way",
    "final_gap": "the gap at the last iteration",
    **{f"steps_to_{target}": f"the iterations until {target} of the first gap is left" for target in TARGETS},
}
"""What a search can minimise."""
