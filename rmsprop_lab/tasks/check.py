"""`task=check`: checks the objectives and optimizers of a study against their contract."""

from collections.abc import Iterator

from rmsprop_lab.base import Objective, Optimizer
from rmsprop_lab.base.contracts import Finding, check_objective, check_optimizer
from rmsprop_lab.plan.keys import qualified_name
from rmsprop_lab.plan.study import Study
from rmsprop_lab.report.translated import translation


def check_contracts(study: Study) -> Iterator[tuple[str, Iterator[Finding], str]]:
    """Checks each objective and optimizer of a study.

    Yields:
        A title, such as `optimizer gd (rmsprop_lab.optimizers.gd.GD)`, the findings of its checks, and a line that
        says whether it is `translated`.
    """
    for name, objective in study.objectives.items():
        title = f"objective {name} ({qualified_name(type(objective))})"
        yield title, check_objective(objective), translated(objective)
    for name, optimizer in study.optimizers.items():
        title = f"optimizer {name} ({qualified_name(type(optimizer))})"
        yield title, check_optimizer(optimizer), translated(optimizer)


def translated(part: Objective | Optimizer) -> str:
    """Whether the report can compute it live, and the compiled engine take it, in a line.

    >>> from rmsprop_lab.objectives import Bowl
    >>> translated(Bowl(dim=3))
    'translated: exact, 8 operations; recorded only in the report, which computes two dimensions'
    """
    found = translation(part)
    only = isinstance(part, Objective) and part.dim != 2 and found.program is not None
    return f"{found}{'; recorded only in the report, which computes two dimensions' if only else ''}"
