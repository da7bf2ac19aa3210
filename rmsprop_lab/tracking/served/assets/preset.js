// A browser that has never seen MLflow opens its Assistant and its layout for language models; a choice made stays.
try {
  for (const [key, value] of Object.entries({
    "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": "true",
    "mlflow.assistant.panelOpen_v1": "false",
    "mlflow.workflowType_v1": '"machine_learning"',
  })) if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
} catch { /* a browser that keeps nothing: MLflow opens as it likes */ }
