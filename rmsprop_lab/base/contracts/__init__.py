"""The contract of objectives and optimizers, checked.

`rmsprop-lab task=check` prints these findings. The tests run the checks on every class of this package. Each check is
a function that returns what is wrong in words, or an empty string.
"""

from rmsprop_lab.base.contracts.facts import check_facts
from rmsprop_lab.base.contracts.finding import Fault, Finding
from rmsprop_lab.base.contracts.objective import check_objective, gradient_doubt, objective_fault
from rmsprop_lab.base.contracts.optimizer import changes_gradient, check_optimizer, optimizer_fault, uphill

__all__ = [
    "Fault",
    "Finding",
    "changes_gradient",
    "check_facts",
    "check_objective",
    "check_optimizer",
    "gradient_doubt",
    "objective_fault",
    "optimizer_fault",
    "uphill",
]
