"""`task=check`: checks the objectives and optimizers of a study against their contract."""

from collections.abc import Iterator

from rmsprop_lab.base.contracts import Finding, check_objective, check_optimizer
from rmsprop_lab.plan.keys import qualified_name
from rmsprop_lab.plan.study import Study


def check_contracts(study: Study) -> Iterator[tuple[str, Iterator[Finding]]]:
    """Checks each objective and optimizer of a study.

    Yields:
        A title, such as `optimizer gd (rmsprop_lab.optimizers.gd.GD)`, and the findings of its checks.
    """
    for name, objective in study.objectives.items():
        yield f"objective {name} ({qualified_name(type(objective))})", check_objective(objective)
    for name, optimizer in study.optimizers.items():
        yield f"optimizer {name} ({qualified_name(type(optimizer))})", check_optimizer(optimizer)
