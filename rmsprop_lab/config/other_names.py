"""What other libraries call the keys of this config."""

_OTHER = {
    "n_iter": (
        *("iter", "iters", "iterations", "max_iter", "max_iters", "maxiter", "num_iter", "num_iterations", "n_iters"),
        *("n_iterations", "steps", "n_steps", "num_steps", "max_steps", "epoch", "epochs", "n_epochs"),
        *("num_epochs", "max_epochs"),
    ),
    "step_size": ("lr", "learning_rate", "learningrate", "stepsize", "step", "eta"),
    "epsilon": ("eps",),
    "seed": ("random_state", "random_seed", "rng"),
    "trials": ("n_trials", "num_trials"),
    "jobs": ("n_jobs", "num_workers", "workers", "processes"),
}
_OURS = {other: ours for ours, others in _OTHER.items() for other in others}


def meant_by(name: str) -> str:
    """The name here of what another library calls so; any other name as it is.

    >>> meant_by("learning_rate"), meant_by("epochs"), meant_by("rho")
    ('step_size', 'n_iter', 'rho')
    """
    return _OURS.get(name.lower().replace("-", "_"), name)
