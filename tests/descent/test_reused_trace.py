"""A trace can be given to be filled again."""

import numpy as np
import pytest
from support.engines import assert_same_bits, needs_numba
from support.points import starts_on

from rmsprop_lab import descend
from rmsprop_lab.errors import InputError
from rmsprop_lab.objectives import Bowl, Himmelblau
from rmsprop_lab.optimizers import GD

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.mark.parametrize("engine", ["numpy", pytest.param("numba", marks=needs_numba)])
@pytest.mark.parametrize("record", ["trace", "final"])
def test_a_trace_can_be_reused(engine: str, record: str) -> None:
    starts, rule = starts_on(Himmelblau(), 9), GD(np.geomspace(1e-4, 5.0, 9))
    out = descend(Himmelblau(), GD(0.5), starts[:, ::-1], 12, record=record, engine=engine)
    again = descend(Himmelblau(), rule, starts, 12, record=record, engine=engine, out=out)
    assert all(getattr(again, name) is getattr(out, name) for name in ("points", "values", "gradient_norms"))
    assert_same_bits(out, descend(Himmelblau(), rule, starts, 12, record=record, engine="numpy"))


def test_a_trace_of_another_shape_is_refused() -> None:
    out = descend(Bowl(), GD(0.1), [1.0, 1.0], 3)
    for starts, n_iter in (([1.0, 1.0], 4), (np.ones((2, 2)), 3)):
        with pytest.raises(InputError) as error:
            descend(Bowl(), GD(0.1), starts, n_iter, out=out)
        assert error.value.key == "out"
