"""Two ways to write runs to MLflow: many in one transaction, or one by one."""
