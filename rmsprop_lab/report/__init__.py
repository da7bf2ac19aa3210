"""Makes what people read: figures, notes, pages of MLflow, and their wording."""

from rmsprop_lab.tracking import REPORT as REPORT

PLAYGROUND = "playground.html"
"""The live page of `task=playground`, in the folder of its name."""
