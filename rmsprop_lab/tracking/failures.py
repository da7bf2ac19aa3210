"""What a store refuses, in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy.exc
from mlflow.exceptions import MlflowException

from rmsprop_lab.errors import TrackingError
from rmsprop_lab.tracking.uri import redacted


@contextmanager
def failures_in_words(doing: str) -> Iterator[None]:
    """What the store refuses becomes a `TrackingError`: MLflow's errors, the database's, those of files."""
    try:
        yield
    except (MlflowException, sqlalchemy.exc.SQLAlchemyError, OSError) as error:
        lines = redacted(str(error)).strip().splitlines() or [type(error).__name__]
        raise TrackingError(f"{doing}: {lines[0]}") from error
