"""The rule for names, and the columns that a hyperparameter may not be called like."""

import pytest

from rmsprop_lab.base.names import check_hyperparameters, is_column, is_name
from rmsprop_lab.errors import InputError
from rmsprop_lab.evaluation.quantiles import QUARTILES
from rmsprop_lab.storage.schema import SCHEMAS
from rmsprop_lab.tracking.content import params


@pytest.mark.parametrize("name", ["bowl", "2024", "1e5", "a.b_c-d", "x" * 100, "true"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "../../evil", "/evil", "$\\frac{$", "x" * 101, "a b", ".a", "-a", "_a", "ümlaut", "a\n", "a'", 3, True]
)
def test_no_names(name: object) -> None:
    assert not is_name(name)


def test_every_column_and_param_of_ours_is_known() -> None:
    columns = {field.name for schema in SCHEMAS.values() for field in schema}
    row = {name: 0 for name in columns} | {"hyperparameters": {}}
    assert [name for name in sorted(columns | params(row, [], "numpy").keys()) if not is_column(name)] == []
    assert all(is_column(f"any{suffix}") for suffix in QUARTILES if suffix)


@pytest.mark.parametrize("name", ["score", "trial", "objective", "starts", "dim", "message", "gradient", "space"])
def test_a_hyperparameter_is_no_column_of_ours(name: str) -> None:
    with pytest.raises(InputError, match=f"mine.{name}: expected a hyperparameter named unlike our columns"):
        check_hyperparameters(["step_size", name], "mine")
