"""Against optax and torch: the same descents, computed as one array, with the operations of our objectives."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.harness import Row, by_turns, missing
from benchmarks.limit import in_few_and_ten
from benchmarks.tutorial import N_ITER, N_RUNS, RHO, STEP_SIZE, starts_of
from rmsprop_lab import descend
from rmsprop_lab.base import Objective
from rmsprop_lab.base.discovery import classes_in
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import RMSProp
from rmsprop_lab.translate import to_python, trace

TITLE = "optax and torch"
ABOUT = """Their time over ours, the numba engine where it is installed: RMSProp on 10,000 runs in two dimensions (or
the fewest that there are), 50 iterations, float64, epsilon outside the root. optax under vmap and jit with donated
buffers, in the faster of two layouts, runs or coordinates first, with value and gradient in `jax.numpy`, operation
by operation as in our program; `torch.optim.RMSprop` on one tensor that holds all runs, with one thread. Traced, each
keeps points, values and gradient norms of every iteration."""
EPSILON = 1e-8
Task = Callable[[], Any]


def with_optax(objective: Objective, starts: np.ndarray, traced: bool, runs_axis: int) -> Task:
    """A call of optax that returns points, values and norms; `runs_axis`: 0 for points `(B, d)`, 1 for `(d, B)`."""
    import jax
    import jax.numpy as jnp
    import optax

    jax.config.update("jax_enable_x64", True)
    rule = optax.rmsprop(STEP_SIZE, decay=RHO, eps=EPSILON, eps_in_sqrt=False)

    program = jax_function(objective)

    def gradient(x: Any) -> Any:
        return jnp.stack(program(x)[1:])

    def step(carry: Any, _: Any) -> Any:
        x, state = carry
        updates, state = rule.update(gradient(x), state)
        x = optax.apply_updates(x, updates)
        return (x, state), what_is_kept(x) if traced else None

    def what_is_kept(x: Any) -> Any:
        value, *slopes = program(x)
        return x, value, jnp.linalg.norm(jnp.stack(slopes))

    def run(start: Any) -> Any:
        (x, _), kept = jax.lax.scan(step, (start, rule.init(start)), length=N_ITER)
        return kept if traced else what_is_kept(x)

    axis = runs_axis + traced  # points, values and norms of a run have the iterations first
    axes = (axis, *[int(traced)] * 2)
    compiled = jax.jit(jax.vmap(run, in_axes=runs_axis, out_axes=axes), donate_argnums=0)
    batch = np.ascontiguousarray(starts.T if runs_axis == 0 else starts)
    return lambda: jax.block_until_ready(compiled(jnp.array(batch)))


def jax_function(objective: Objective) -> Callable[[Any], list[Any]]:
    """Value and partial derivatives of one point `(d,)` in `jax.numpy`."""
    import jax.numpy as jnp

    lines, outputs = to_python(trace(objective), {f"x{i}": f"x[{i}]" for i in range(objective.dim)})
    scope: dict[str, Any] = {"np": jnp}
    exec("\n    ".join(["def run(x):", *lines, f"return [{', '.join(outputs)}]"]), scope)
    return scope["run"]


def with_torch(objective: Objective, starts: np.ndarray, traced: bool) -> Task:
    """A call of torch that returns points `(T, d, B)` if `traced`, else the last ones `(d, B)`, values and norms."""
    import torch

    torch.set_num_threads(1)
    kept_rows = N_ITER if traced else 1
    points = torch.empty((kept_rows, *starts.shape), dtype=torch.float64)
    values, norms = (torch.empty((kept_rows, starts.shape[1]), dtype=torch.float64) for _ in range(2))

    def gradient(x: Any) -> Any:
        found = objective.gradient(x)
        return torch.stack(found) if isinstance(found, tuple) else found

    def run() -> Any:
        with torch.no_grad():
            x = torch.tensor(starts)
            rule = torch.optim.RMSprop([x], lr=STEP_SIZE, alpha=RHO, eps=EPSILON)
            for i in range(N_ITER):
                x.grad = gradient(x)
                rule.step()
                if traced or i == N_ITER - 1:
                    row = i if traced else 0
                    points[row], values[row] = x, objective.value(x)
                    torch.linalg.vector_norm(gradient(x), dim=0, out=norms[row])
        return (points, values, norms) if traced else (points[0], values[0], norms[0])

    return run


def rows() -> list[Row]:
    classes = [cls for cls in classes_in("rmsprop_lab.objectives", Objective).values() if cls.exact]
    chosen = [in_few_and_ten(cls)[0] for cls in sorted(classes, key=lambda cls: cls.__name__)]
    return [row for objective in chosen for traced in (False, True) for row in _rows(objective, traced)]


def _rows(objective: Objective, traced: bool) -> list[Row]:
    starts, optimizer = starts_of(objective, N_RUNS), RMSProp(STEP_SIZE, RHO, EPSILON)
    engine = "numpy" if missing("numba") else "numba"
    record = "trace" if traced else "final"
    out = descend(objective, optimizer, starts, N_ITER, record=record, engine=engine)
    tasks: dict[str, Task] = {
        "ours": lambda: descend(objective, optimizer, starts, N_ITER, record=record, engine=engine, out=out)
    }
    if not missing("optax"):
        tasks |= {f"optax {axis}": with_optax(objective, starts, traced, axis) for axis in (0, 1)}
    if not missing("torch") and isinstance(objective, Bowl | Himmelblau):
        tasks["torch"] = with_torch(objective, starts, traced)
    for name in set(tasks) - {"ours"}:
        _compare(np.asarray(tasks[name]()[0]), out.points[1:] if traced else out.points[0])
    seconds = by_turns(tasks)
    layouts = [times for name, times in seconds.items() if name.startswith("optax")]
    if layouts:
        seconds["optax"] = min(layouts, key=np.median)
    what = f"{type(objective).__name__.lower()}, {'traced' if traced else 'untraced'}"
    scale = 1e9 / (N_RUNS * N_ITER * objective.dim)
    found = []
    for package in ("optax", "torch"):
        if package in seconds:
            theirs, ours = (scale * np.median(seconds[name]) for name in (package, "ours"))
            note = f"{theirs:.2g} ns against {ours:.2g} ns ({engine})"
            found.append(Row(f"{package}, {what}", tuple(seconds[package] / seconds["ours"]), 1, note=note))
        elif missing(package):
            found.append(Row(f"{package}, {what}", at_least=1, note=missing(package)))
    return found


def _compare(theirs: np.ndarray, ours: np.ndarray) -> None:
    """Raises unless both computed the same descents up to rounding; their axes may be in another order."""
    same = theirs if theirs.shape == ours.shape else np.moveaxis(theirs, -1, -2)
    np.testing.assert_allclose(same, ours, rtol=1e-6, atol=1e-9)
