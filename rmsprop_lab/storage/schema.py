"""The schemas of a study's tables, and conversions from runs and traces to their rows and back.

All parts of a table have the same schema: otherwise readers would take the columns of the first part. Hyperparameters
differ between optimizers, so they are one column of JSON.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from rmsprop_lab.descent import Trace
from rmsprop_lab.evaluation.compute import Computed
from rmsprop_lab.evaluation.measures import MEANS, SPREAD, STEPS
from rmsprop_lab.evaluation.quantiles import QUARTILES
from rmsprop_lab.plan.cell import Cell
from rmsprop_lab.plan.keys import NUMERICS_VERSION
from rmsprop_lab.plan.run import Run

FORMAT = 2
"""The version of the tables. Outputs of earlier versions are measured again, never read as if they were of this one."""
FORMAT_KEY = b"rmsprop_lab.format"
_SINGLE = {pa.float64(): pa.float32(), pa.list_(pa.float64()): pa.list_(pa.float32())}
NUMERICS_KEY = b"rmsprop_lab.numerics"
"""Metadata of each part: the version of the arithmetic, which the keys of its runs contain."""

_MEASURES = [(name, pa.float64()) for name in (*SPREAD[:3], "mean_log10_gap", "mean_value", *STEPS)]


def _schema(fields: list[Any]) -> pa.Schema:
    return pa.schema(fields, metadata={FORMAT_KEY: str(FORMAT), NUMERICS_KEY: str(NUMERICS_VERSION)})


RUNS = _schema(
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
        ("message", pa.string()),  # the error, if the outcome is `failed`
        ("diverged", pa.int32()),
        ("first_bad_iteration", pa.float64()),
        *((name, pa.float64()) for name in MEANS.values()),
        *((name + suffix, pa.float64()) for name in SPREAD for suffix in QUARTILES),
        ("gap_floor", pa.float64()),
        ("evaluations", pa.int64()),
    ]
)
TRIALS = _schema(
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
TRACES = _schema(
    [
        ("run_key", pa.string()),
        ("start", pa.int32()),
        ("iteration", pa.int32()),
        ("value", pa.float64()),
        ("gradient_norm", pa.float64()),
        ("point", pa.list_(pa.float64())),
    ]
)
STARTS = _schema(
    [
        ("run_key", pa.string()),
        ("start", pa.int32()),
        ("outcome", pa.string()),
        ("first_bad_iteration", pa.float64()),
        *_MEASURES,
        ("minimizer", pa.int32()),
        ("evaluations", pa.int64()),
    ]
)
SCHEMAS = {"starts": STARTS, "traces": TRACES, "trials": TRIALS, "runs": RUNS}
"""The schema of each table, in the order in which the parts of a publication become visible."""


def run_table(computed: Computed) -> pa.Table:
    """Rows of `RUNS`, one per computed run."""
    runs = computed.runs
    problem = runs[0].problem
    columns: dict[str, Any] = {
        "run_key": [run.run_key for run in runs],
        "objective": [problem.name] * len(runs),
        "dim": [problem.objective.dim] * len(runs),
        "optimizer": [run.optimizer_name for run in runs],
        "hyperparameters": [json.dumps(run.hyperparameters) for run in runs],
        "n_iter": [problem.n_iter] * len(runs),
        "starts": [problem.points.shape[1]] * len(runs),
        "start_seed": [problem.start_seed] * len(runs),
        "outcome": computed.outcomes,
        "message": [computed.message] * len(runs),
        "diverged": [0] * len(runs),
        **computed.columns,
    }
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(len(runs), field.type)
        for field in RUNS
    ]
    return pa.Table.from_arrays(arrays, schema=RUNS)


def start_table(computed: Computed) -> pa.Table:
    """Rows of `STARTS`, one per run and start; none for a failed run."""
    if computed.message is not None:
        return STARTS.empty_table()
    keys, width = computed.run_keys, len(computed.starts["final_value"])
    starts = width // len(keys)
    lost = ~np.isnan(computed.starts["first_bad_iteration"])
    columns = {
        **computed.starts,
        "run_key": pa.array(keys, pa.string()).take(np.repeat(np.arange(len(keys)), starts)),
        "start": np.tile(np.arange(starts, dtype=np.int32), len(keys)),
        "outcome": np.where(lost, "diverged", "ok"),
        "evaluations": np.repeat(computed.columns["evaluations"], starts),
    }
    arrays = [pa.array(columns[field.name], from_pandas=True).cast(field.type) for field in STARTS]
    return pa.Table.from_arrays(arrays, schema=STARTS)


def trial_table(cell: Cell, runs: Mapping[int, Run], scores: Mapping[int, float]) -> pa.Table:
    """Rows of `TRIALS` for trials of one cell.

    Args:
        cell: The search.
        runs: The run of each trial, by the trial's number.
        scores: The score of each trial, by the trial's number.
    """
    columns: dict[str, Any] = {
        "cell": cell.key,
        "objective": cell.problem.name,
        "optimizer": cell.optimizer_name,
        "repeat": cell.repeat,
        "trial": list(runs),
        "phase": cell.phase,
        "regime": cell.regime,
        "run_key": [run.run_key for run in runs.values()],
        "score": [scores[number] for number in runs],
    }
    spread = {name: given if isinstance(given, list) else [given] * len(runs) for name, given in columns.items()}
    return pa.Table.from_pydict(spread, schema=TRIALS)


def trace_table(run_keys: Sequence[str], trace: Trace | None) -> pa.Table:
    """Rows of `TRACES`, one per run, start and iteration.

    Args:
        run_keys: The keys of the runs, in the order of the trace.
        trace: B = runs x starts descents, all starts of a run next to each other; None gives an empty table.
    """
    if trace is None:
        return TRACES.empty_table()
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
    """The content of a Parquet file with this table."""
    sink = pa.BufferOutputStream()
    words = [field.name for field in table.schema if field.type == pa.string()]
    # Rows are looked up by run key alone: dictionaries and statistics of numbers would only take time.
    pq.write_table(
        table,
        sink,
        compression="zstd",
        use_dictionary=words,
        use_byte_stream_split=_numbers(table),
        write_statistics=["run_key"],
        write_page_checksum=True,
    )
    return bytes(sink.getvalue())


def small_parquet_bytes(table: pa.Table) -> bytes:
    """The content of a Parquet file with the trace of one run, in single precision."""
    sink = pa.BufferOutputStream()
    fields = [(field.name, _SINGLE.get(field.type, field.type)) for field in table.schema]
    pq.write_table(
        table.cast(pa.schema(fields)),
        sink,
        compression="zstd",
        use_dictionary=["run_key"],
        use_byte_stream_split=_numbers(table),
        write_statistics=False,
    )
    return bytes(sink.getvalue())


def _numbers(table: pa.Table) -> list[str]:
    """The columns of floating-point numbers: with their first bytes side by side they are a tenth smaller."""
    lists = {field.name for field in table.schema if field.type == pa.list_(pa.float64())}
    names = (field.name for field in table.schema if field.type in _SINGLE)
    return [f"{name}.list.element" if name in lists else name for name in names]


def widened(runs: pd.DataFrame) -> pd.DataFrame:
    """Replaces the column `hyperparameters` (JSON) by one column per hyperparameter; NaN if a run does not have it.

    The order of the new columns does not depend on that of the rows.
    """
    given = [json.loads(text) for text in runs.pop("hyperparameters")]
    orders = sorted({(optimizer, *row) for optimizer, row in zip(runs["optimizer"], given, strict=True)})
    names = dict.fromkeys(name for _, *order in orders for name in order)
    wide = pd.DataFrame(given, index=runs.index, columns=list(names))
    at = list(runs.columns).index("optimizer") + 1
    return pd.concat([runs.iloc[:, :at], wide, runs.iloc[:, at:]], axis=1)


def traces_from(rows: pa.Table) -> dict[str, Trace]:
    """The traces of runs by run key, from their rows of `TRACES` in any order."""
    if not len(rows):
        return {}
    keys = rows["run_key"].combine_chunks().dictionary_encode()
    run = keys.indices.to_numpy()
    order = np.lexsort((rows["iteration"].to_numpy(), rows["start"].to_numpy(), run))
    if (np.diff(order) != 1).any():  # not as they were written
        rows, run = rows.take(pa.array(order)).combine_chunks(), run[order]
    counts = np.bincount(run).tolist()
    firsts = np.cumsum([0, *counts]).tolist()
    found = zip(keys.dictionary.to_pylist(), firsts[:-1], counts, strict=True)
    return {key: _trace_from(rows.slice(first, count)) for key, first, count in found}


def _trace_from(rows: pa.Table) -> Trace:
    """The trace of one run.

    Args:
        rows: The run's rows of `TRACES`, sorted by start and iteration.

    Returns:
        One descent per start. Its `first_bad` is the first kept iteration that is not finite.
    """
    starts = int(rows["start"][-1].as_py()) + 1
    points = rows["point"].combine_chunks().flatten().to_numpy().reshape(starts, len(rows) // starts, -1)
    values = rows["value"].to_numpy().reshape(starts, -1).T
    norms = rows["gradient_norm"].to_numpy().reshape(starts, -1).T
    iterations = rows["iteration"].to_numpy()[: len(values)].astype(np.int64)
    return Trace.of(np.ascontiguousarray(points.transpose(1, 2, 0)), values, norms, iterations)
