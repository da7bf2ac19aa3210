"""MLflow: which store, what a run logs under which names, and the experiment's page.

Nothing is imported here, as MLflow takes two seconds to import: see `tracking.tracker.MlflowTracker`.
"""
