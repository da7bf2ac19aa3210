"""The default TPE, a batch at a time, against Optuna's own, one trial at a time: how good, and how long it chooses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import optuna
from scipy import stats

from benchmarks.harness import Row, by_turns
from benchmarks.tuning import OPTUNA, SPACE
from rmsprop_lab import descend
from rmsprop_lab.base import Array, Objective
from rmsprop_lab.objectives import Rosenbrock, RotatedEllipsoid
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.plan.search_settings import Search
from rmsprop_lab.plan.starts import Starts
from rmsprop_lab.search.fixed import random_points
from rmsprop_lab.search.optuna_sampler import OptunaSearcher

TITLE = "TPE in batches"
ABOUT = """The best of 24 trials of RMSProp's step size and rho by `search=tpe` as it comes, and by Optuna's TPE as it
comes: ten random trials, one trial at a time. 30 searches each, with seeds 0 to 29, from ten starts in five
dimensions, 200 iterations. The score is log₁₀ of the gap's share that is left, from -8 to 0 (0 if diverged), averaged
over iterations and starts: lower is better. A difference is ours less Optuna's at the same seed, its interval the 90 %
t interval of the mean. The margin is wide: random search, which is worse, may lie within it; compare with its row. The
cost is of asking and telling."""
SEEDS, TRIALS, MARGIN = range(30), 24, 0.2
OBJECTIVES = {"rosenbrock": Rosenbrock(dim=5), "rotated ellipsoid": RotatedEllipsoid(dim=5)}
FLOOR = -8.0

Point = Mapping[str, float]
Points = Sequence[Point]
Score = Callable[[Points], Sequence[float]]


class Best(NamedTuple):
    """The best trial of a search: its score, and that of its point on fresh starts."""

    score: float
    fresh: float


def rows() -> list[Row]:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    found = [row for name, objective in OBJECTIVES.items() for row in _quality(name, objective)]
    return found + _cost()


def _quality(name: str, objective: Objective) -> Iterator[Row]:
    ours, theirs, drawn = (_searched(search, objective) for search in (_ours, _optuna, _random))
    for who, scores in (("ours", ours[0]), ("Optuna's", theirs[0])):
        yield Row(f"{name}, best score, {who}", tuple(scores), unit="decades", note=f"mean {scores.mean():.3f}")
    mean, low, high = _interval(ours[0] - theirs[0])
    note = f"mean {mean:+.3f}, 90 % {low:+.3f} to {high:+.3f}"
    yield Row(f"{name}, difference, farther end", (max(-low, high),), at_most=MARGIN, unit="decades", note=note)
    for what, differences in (("on 200 fresh starts", (ours - theirs)[1]), ("random search", (drawn - theirs)[0])):
        mean, low, high = _interval(differences)
        note = f"mean {mean:+.3f}, 90 % {low:+.3f} to {high:+.3f}"
        yield Row(f"{name}, difference, {what}", tuple(differences), unit="decades", note=note)


def _interval(differences: Array) -> tuple[float, float, float]:
    """The mean, and the 90 % interval of the mean."""
    mean, count = float(differences.mean()), len(differences)
    half = float(stats.t.ppf(0.95, count - 1) * differences.std(ddof=1) / np.sqrt(count))
    return mean, mean - half, mean + half


def _searched(search: Callable[[int, Score], Iterator[tuple[Point, float]]], objective: Objective) -> Array:
    """The best scores of the searches, `(2, seeds)`: on their own starts and on fresh ones."""
    own, fresh = Starts(count=10).at(objective), Starts("fresh", count=200).at(objective)
    found = []
    for seed in SEEDS:
        point, score = min(search(seed, lambda points: _scores(objective, own, points)), key=lambda each: each[1])
        found.append(Best(score, *_scores(objective, fresh, [point])))
    return np.array(found).T


def _scores(objective: Objective, starts: Array, points: Points) -> list[float]:
    """The score of each point; all descents are computed at once."""
    count = starts.shape[1]
    columns = {name: np.repeat([point[name] for point in points], count) for name in SPACE}
    trace = descend(objective, RMSProp(**columns), np.tile(starts, (1, len(points))), n_iter=200)
    with np.errstate(all="ignore"):
        shares = trace.values / trace.values[0]  # both minima are 0
        decades = np.clip(np.log10(np.where(np.isnan(shares), 1.0, shares)), FLOOR, 0.0).mean(axis=0)
    scores = np.where(trace.diverged, 0.0, decades).reshape(len(points), count).mean(axis=1)
    return [float(score) for score in scores]


def _ours(seed: int, score: Score) -> Iterator[tuple[Point, float]]:
    search = OptunaSearcher("tpe", SPACE, TRIALS, Search("tpe").batch, seed)
    while trials := search.ask():
        points = [trial.hyperparameters for trial in trials]
        scores = score(points)
        search.tell({trial.number: each for trial, each in zip(trials, scores, strict=True)})
        yield from zip(points, scores, strict=True)


def _optuna(seed: int, score: Score) -> Iterator[tuple[Point, float]]:
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    for _ in range(TRIALS):
        trial = study.ask(OPTUNA)
        point = {"step_size": trial.params["step_size"], "rho": 1.0 - trial.params["1 - rho"]}
        (found,) = score([point])
        study.tell(trial, found)
        yield point, found


def _random(seed: int, score: Score) -> Iterator[tuple[Point, float]]:
    points = random_points(SPACE, TRIALS, seed)
    yield from zip(points, score(points), strict=True)


def _cost() -> list[Row]:
    """Whole searches whose descents cost nothing."""

    def free(points: Points) -> list[float]:
        return [abs(float(np.log10(point["step_size"])) + 1.0) for point in points]

    tasks = {"ours": lambda: list(_ours(0, free)), "optuna": lambda: list(_optuna(0, free))}
    seconds = by_turns(tasks, rounds=21)
    ratio, alone = seconds["ours"] / seconds["optuna"], float(np.median(seconds["optuna"]))
    return [
        Row("24 trials, besides descents", tuple(seconds["ours"]), at_most=0.2, unit="s"),
        Row("24 trials, besides descents, over Optuna's", tuple(ratio), note=f"Optuna alone {1000 * alone:.0f} ms"),
    ]
