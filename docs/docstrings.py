"""Docstrings as Markdown, for the gallery and, as an extension of griffe, for the API pages."""

import inspect
import re

_LABELS = ("Source", "References", "Libraries differ", "Shapes")  # each begins a paragraph of its own


def as_markdown(docstring: str) -> str:
    """The same text, its examples in fences and its labels bold, each in a paragraph of its own."""
    lines: list[str] = []
    within = False
    for line in inspect.cleandoc(docstring).splitlines():
        example = line.startswith(">>> ") or (within and bool(line.strip()))
        if example != within:
            lines += ["", "```pycon"] if example else ["```", ""]
            within = example
        label = re.match(rf"({'|'.join(_LABELS)}):", line)
        lines += ["", re.sub(r"^(.*?:)", r"**\1**", line, count=1)] if label and not within else [line]
    text = "\n".join([*lines, *(["```"] if within else [])])
    return text.replace("][", "]\\[")  # factors in brackets, not a link


try:
    import griffe
except ImportError:  # the gallery needs no site
    pass
else:

    class Docstrings(griffe.Extension):
        """Rewrites every docstring before it is parsed."""

        def on_instance(self, *, obj: griffe.Object, **_: object) -> None:
            if obj.docstring:
                obj.docstring.value = as_markdown(obj.docstring.value)
