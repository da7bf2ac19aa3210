"""The three tables of a study: their schemas, and rows, traces and data frames to and from them.

Every part is written with the one schema of its table: without it, the columns of the first part would win
and others vanish or fail. Hyperparameters, which differ from optimizer to optimizer, travel as one column.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.measures import QUARTILES, SPREAD

RUNS = pa.schema(
    [
        ("run_key", pa.string()),
        ("objective", pa.string()),
        ("dim", pa.int32()),
        ("optimizer", pa.string()),
        ("hyperparameters", pa.string()),  # JSON; `load` widens it into one column each
        ("n_iter", pa.int32()),
        ("starts", pa.int32()),
        ("start_seed", pa.int64()),
        ("outcome", pa.string()),
        ("message", pa.string()),  # what was raised, where the outcome is `failed`
        ("diverged", pa.int32()),
        ("first_bad_iteration", pa.float64()),
        *((name + suffix, pa.float64()) for name in SPREAD for suffix in QUARTILES),
        ("evaluations", pa.int64()),
    ]
)
TRIALS = pa.schema(
    [
        ("cell", pa.string()),
        ("objective", pa.string()),
        ("optimizer", pa.string()),
        ("repeat", pa.int32()),
        ("trial", pa.int32()),
        ("phase", pa.string()),
        ("regime", pa.string()),
        ("run_key", pa.string()),
        ("score", pa.float64()),
    ]
)
TRACES = pa.schema(
    [
        ("run_key", pa.string()),
        ("start", pa.int32()),
        ("iteration", pa.int32()),
        ("value", pa.float64()),
        ("gradient_norm", pa.float64()),
        ("point", pa.list_(pa.float64())),
    ]
)
SCHEMAS = {"runs": RUNS, "trials": TRIALS, "traces": TRACES}


def run_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as the table of `RUNS`; `hyperparameters` is given as a mapping."""
    packed = [{**row, "hyperparameters": json.dumps(row["hyperparameters"])} for row in rows]
    return pa.Table.from_pylist(packed, schema=RUNS)


def trial_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=TRIALS)


def trace_table(run_keys: Sequence[str], trace: Trace) -> pa.Table:
    """A batch's trace in long form; B = runs x starts, a run's starts next to each other."""
    length, dim, width = trace.points.shape
    starts = width // max(1, len(run_keys))
    points = trace.points.transpose(2, 0, 1).reshape(-1)
    return pa.table(
        {
            "run_key": pa.array(run_keys, pa.string()).take(np.repeat(np.arange(len(run_keys)), starts * length)),
            "start": np.tile(np.repeat(np.arange(starts, dtype=np.int32), length), len(run_keys)),
            "iteration": np.tile(trace.iterations.astype(np.int32), width),
            "value": trace.values.T.reshape(-1),
            "gradient_norm": trace.gradient_norms.T.reshape(-1),
            "point": pa.ListArray.from_arrays(np.arange(0, len(points) + 1, dim, dtype=np.int32), points),
        },
        schema=TRACES,
    )


def parquet_bytes(table: pa.Table) -> bytes:
    """The table as a Parquet file."""
    sink = pa.BufferOutputStream()
    words = [field.name for field in table.schema if field.type == pa.string()]
    # Dictionaries and statistics of numbers are time lost: rows are looked up by their run.
    pq.write_table(table, sink, compression="zstd", use_dictionary=words, write_statistics=["run_key"])
    return bytes(sink.getvalue())


def small_parquet_bytes(table: pa.Table) -> bytes:
    """As `parquet_bytes`, in less than half the time for the trace of one run: without what helps large tables."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="snappy", use_dictionary=["run_key"], write_statistics=False)
    return bytes(sink.getvalue())


def widened(runs: pd.DataFrame) -> pd.DataFrame:
    """Replaces the column `hyperparameters` by a column for each of them, NaN where a run has none of it."""
    texts = runs.pop("hyperparameters")
    wide = pd.DataFrame([json.loads(text) for text in texts], index=runs.index)
    at = list(runs.columns).index("optimizer") + 1
    return pd.concat([runs.iloc[:, :at], wide, runs.iloc[:, at:]], axis=1)


def trace_from(rows: pa.Table) -> Trace:
    """One run's trace from its rows, ordered by start and iteration; `first_bad` among the iterations kept."""
    starts = int(rows["start"][-1].as_py()) + 1
    points = rows["point"].combine_chunks().flatten().to_numpy().reshape(starts, len(rows) // starts, -1)
    values = rows["value"].to_numpy().reshape(starts, -1).T
    norms = rows["gradient_norm"].to_numpy().reshape(starts, -1).T
    iterations = rows["iteration"].to_numpy()[: len(values)].astype(np.int64)
    return Trace.of(np.ascontiguousarray(points.transpose(1, 2, 0)), values, norms, iterations)
