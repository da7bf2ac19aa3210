"""MLflow: the store, the content of a run, and the experiment's page.

Imports nothing, as MLflow takes a second or two to import: see `tracking.tracker.MlflowTracker`.
"""
