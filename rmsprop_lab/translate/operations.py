"""The operations of programs, each a NumPy ufunc, and how Python and JavaScript write them."""

from typing import NamedTuple


class Operation(NamedTuple):
    """How an operation is written, with its operands in the braces.

    Attributes:
        python: For numba, with `np` for NumPy.
        javascript: `sign` and `logaddexp` are functions of ours, in `javascript.py`.
        exact: Whether IEEE 754 fixes the result to the last bit, so that all engines agree on it.
    """

    python: str
    javascript: str
    exact: bool = True


def _infix(sign: str) -> Operation:
    return Operation(f"{{}} {sign} {{}}", f"{{}} {sign} {{}}")


def _call(name: str, javascript: str, count: int = 1, exact: bool = False) -> Operation:
    operands = ", ".join(["{}"] * count)
    return Operation(f"np.{name}({operands})", f"{javascript}({operands})", exact)


_INFIX = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
_COMPARISONS = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}
_LOGIC = {"bitwise_and": "&", "bitwise_or": "|", "logical_and": "&", "logical_or": "|"}
_INEXACT = {
    **{name: f"Math.{name}" for name in ("sin", "cos", "tan", "exp", "expm1", "log", "log1p", "log2", "log10", "cbrt")},
    **{name: f"Math.{name}" for name in ("sinh", "cosh", "tanh")},
    **{"arcsin": "Math.asin", "arccos": "Math.acos", "arctan": "Math.atan", "arcsinh": "Math.asinh"},
}

OPERATIONS = {
    **{name: _infix(sign) for name, sign in (_INFIX | _COMPARISONS | _LOGIC).items()},
    "negative": Operation("-{}", "-{}"),
    "logical_not": Operation("not {}", "!{}"),
    "where": Operation("{1} if {0} else {2}", "{0} ? {1} : {2}"),
    "sqrt": _call("sqrt", "Math.sqrt", exact=True),
    "absolute": _call("abs", "Math.abs", exact=True),
    "floor": _call("floor", "Math.floor", exact=True),
    "ceil": _call("ceil", "Math.ceil", exact=True),
    "sign": _call("sign", "sign", exact=True),
    "maximum": _call("maximum", "Math.max", 2, exact=True),
    "minimum": _call("minimum", "Math.min", 2, exact=True),
    **{name: _call(name, javascript) for name, javascript in _INEXACT.items()},
    "power": Operation("{} ** {}", "Math.pow({}, {})", exact=False),
    "hypot": _call("hypot", "Math.hypot", 2),
    "arctan2": _call("arctan2", "Math.atan2", 2),
    "logaddexp": _call("logaddexp", "logaddexp", 2),
}
"""By the name of the ufunc; `where` is `np.where` of three arguments."""

SAME = {"abs": "absolute", "true_divide": "divide", "fabs": "absolute", "float_power": "power", "invert": "logical_not"}
"""Other names of operations."""
