"""`task=check`: checks the objectives and optimizers of a study against their contract."""

from collections.abc import Collection, Iterator

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.base.contracts import Finding, check_objective, check_optimizer
from rmsprop_lab.plan.keys import qualified_name
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.translated import Translation, translation


def check_contracts(study: Study, groups: Collection[str] = ()) -> Iterator[tuple[str, Iterator[Finding], str]]:
    """Checks each objective and optimizer of a study.

    Args:
        study: The study.
        groups: `objective` or `optimizer`, to check one kind alone; empty for both.

    Yields:
        A title, such as `optimizer gd (rmsprop_lab.optimizers.gd.GD)`, the findings of its checks, and a line that
        says whether it is `live`.
    """
    for name, objective in study.objectives.items() if "objective" in groups or not groups else ():
        title = f"objective {name} ({qualified_name(type(objective))})"
        yield title, check_objective(objective), live(objective)
    for name, optimizer in study.optimizers.items() if "optimizer" in groups or not groups else ():
        title = f"optimizer {name} ({qualified_name(type(optimizer))})"
        yield title, check_optimizer(optimizer), live(optimizer)


def live(part: Objective | Optimizer) -> str:
    """Whether the report can compute it live, in a line.

    >>> from rmsprop_lab.objectives import Bowl
    >>> live(Bowl(dim=3))
    'recorded runs only in the report: it computes two dimensions'
    """
    found = translation(part)
    if isinstance(part, Objective) and part.dim != 2 and found.program is not None:
        return str(Translation(None, "it computes two dimensions"))
    return str(found)
