"""MLflow: the store, the content of a run, and the experiment's page.

Imports nothing, as MLflow takes a second or two to import: see `tracking.tracker.MlflowTracker`.
"""

REPORT = "report.html"
"""The page that stands alone, in a study's folder and among the artifacts of its run `report`."""
