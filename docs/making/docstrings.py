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


def arguments(docstring: str) -> dict[str, str]:
    """The words of each name below `Args:`."""
    section = re.search(r"^Args:\n((?: {4}.*\n)+)", inspect.cleandoc(docstring) + "\n", re.M)
    found = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", section[1], re.M) if section else []
    return {name: " ".join(words.split()) for name, words in found}


def first_paragraph(docstring: str) -> str:
    return " ".join(inspect.cleandoc(docstring).partition("\n\n")[0].split())


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
