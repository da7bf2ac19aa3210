"""How to open a study in the browser: an address that answers, or the command that makes it answer."""

import os
import shlex

from rmsprop_lab.cli.running_server import next_address, running
from rmsprop_lab.config.settings import Settings
from rmsprop_lab.tracking.addresses import plain_link, server_address, study_address
from rmsprop_lab.tracking.redaction import redacted
from rmsprop_lab.tracking.uri import VARIABLE, default_uri, is_database


def how_to_open(experiment_id: str, settings: Settings, name: str | None = None) -> str:
    """How to open a study in MLflow, in words for the terminal.

    Args:
        experiment_id: The study's experiment.
        settings: Of the command that logged it.
        name: The experiment's name, where it is not the study's.
    """
    uri, name = settings.tracking_uri, name or settings.study.name
    if uri is not None and not is_database(uri):
        return f"open {redacted(f'{server_address(uri)}/{plain_link(experiment_id)}')}"
    if server := running(uri or default_uri(settings.output_dir)):
        return f"open {study_address(server, name)}"
    options = ""
    if uri is not None:
        options = f" --uri {shlex.quote(redacted(uri))}"
    elif settings.output_dir != "outputs" or os.environ.get(VARIABLE):  # whose store it would show without the option
        options = f" --output-dir {shlex.quote(settings.output_dir)}"
    return f"rmsprop-lab-ui{options}, then open {study_address(next_address(), name)}"
