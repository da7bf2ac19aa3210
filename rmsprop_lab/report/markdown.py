"""Writes text of others into Markdown."""

import re

_MARKS = re.compile(r"[^\w\s,:;.'/-]")


def escaped(text: str) -> str:
    """The text in one paragraph that shows it as it is: marks become entities, which are never syntax.

    Names need no escaping, see `rmsprop_lab.base.names`; messages of user code do.

    >>> escaped("<b>*a* {run_id}")
    '&#60;b&#62;&#42;a&#42; &#123;run_id&#125;'
    """
    return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", " ".join(text.split()))
