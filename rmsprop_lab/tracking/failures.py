"""What a store refuses, in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc
from mlflow.exceptions import MlflowException

from rmsprop_lab.errors import TrackingError
from rmsprop_lab.tracking.uri import redacted

_ADVICE = "(raised as a result of Query-invoked autoflush"  # SQLAlchemy's, to MLflow's authors


@contextmanager
def failures_in_words(doing: str) -> Iterator[None]:
    """What the store refuses becomes a `TrackingError`: MLflow's errors, the database's, those of files."""
    try:
        yield
    except (MlflowException, sqlalchemy.exc.SQLAlchemyError, OSError) as error:
        lines = [line for line in redacted(str(error)).splitlines() if line.strip() and not line.startswith(_ADVICE)]
        raise TrackingError(f"{doing}: {lines[0] if lines else type(error).__name__}") from error
