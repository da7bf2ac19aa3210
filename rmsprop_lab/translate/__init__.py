"""A function or a rule as a straight-line program: NumPy code is run once on symbols, which record what it does.

What it knows: the operations of `rmsprop_lab.translate.operations`, elementwise and by `np.multiply.outer`; `np.where`,
`np.clip`; functions that move numbers about (`_MOVING` in `symbols.py`); slices, loops, helper functions, constants
and nested wrappers, which Python runs itself. Anything else is named, with class, file and line.
"""

from rmsprop_lab.translate.agreement import agrees
from rmsprop_lab.translate.constants import lifted
from rmsprop_lab.translate.javascript import to_javascript
from rmsprop_lab.translate.program import Program
from rmsprop_lab.translate.python import to_python
from rmsprop_lab.translate.symbols import Untranslatable
from rmsprop_lab.translate.tracing import trace

__all__ = ["Program", "Untranslatable", "agrees", "lifted", "to_javascript", "to_python", "trace"]
