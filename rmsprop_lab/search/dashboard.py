"""The copy of a study's searches for optuna-dashboard: `optuna.db`, an Optuna storage in SQLite.

Trials are inserted through Optuna's own tables in one transaction: `study.add_trials` takes 30 ms for each. Those
tables are not its public interface: tests compare with what `add_trials` gives.
"""

import os
import shutil
import uuid
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import distribution_to_json
from optuna.storages import RDBStorage
from optuna.storages._rdb import models
from optuna.trial import FrozenTrial
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from rmsprop_lab.plan.space import Space
from rmsprop_lab.search.importance import frozen
from rmsprop_lab.search.protocol import Scored


def update_copy(path: Path, searches: Mapping[str, tuple[Space, Sequence[Scored]]], score: str) -> None:
    """Adds to the database, by the name of an Optuna study, the searches that it has not; whole or not at all.

    `score`: what they minimise, in words.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    if path.exists():
        shutil.copyfile(path, new)
    try:
        storage = RDBStorage(f"sqlite:///{new}")
        known = {study.study_name for study in storage.get_all_studies()}
        missing = {name: search for name, search in searches.items() if name not in known}
        ids = {name: storage.create_new_study([optuna.study.StudyDirection.MINIMIZE], name) for name in missing}
        for name in missing:
            _name_score(optuna.load_study(study_name=name, storage=storage), score)
        with Session(storage.engine) as session:
            for name, (space, trials) in missing.items():
                _insert(session, ids[name], frozen(space, trials))
            session.commit()
        storage.engine.dispose()
        with new.open("rb") as file:
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _name_score(study: optuna.Study, score: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study.set_metric_names([score])


def _insert(session: Session, study_id: int, trials: Sequence[FrozenTrial]) -> None:
    first = (session.scalar(select(func.max(models.TrialModel.trial_id))) or 0) + 1
    rows: dict[Any, list[dict[str, Any]]] = {
        table: []
        for table in (
            models.TrialModel,
            models.TrialParamModel,
            models.TrialValueModel,
            models.TrialUserAttributeModel,
        )
    }
    for number, trial in enumerate(trials):
        here = {"trial_id": first + number}
        times = {"_datetime_start_utc": trial.datetime_start, "_datetime_complete_utc": trial.datetime_complete}
        rows[models.TrialModel].append({**here, "number": number, "study_id": study_id, "state": trial.state, **times})
        value, kind = models.TrialValueModel.value_to_stored_repr(float(trial.values[0]))
        rows[models.TrialValueModel].append({**here, "objective": 0, "value": value, "value_type": kind})
        for name, distribution in trial.distributions.items():
            given = {
                "param_name": name,
                "param_value": distribution.to_internal_repr(trial.params[name]),
                "distribution_json": distribution_to_json(distribution),
            }
            rows[models.TrialParamModel].append({**here, **given})
        for key, text in trial.user_attrs.items():
            rows[models.TrialUserAttributeModel].append({**here, "key": key, "value_json": f'"{text}"'})
    for table, given_rows in rows.items():
        if given_rows:
            session.execute(insert(table), given_rows)
