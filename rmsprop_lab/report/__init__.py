"""Makes what people read: figures, notes, pages of MLflow, and their wording."""

REPORT = "report.html"
"""The page that stands alone, in a study's folder."""
