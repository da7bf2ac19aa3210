"""From traces to numbers: measures of runs, dense maps, the widest stable step size."""
