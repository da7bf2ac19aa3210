"""The addresses that a person opens: of the server of `rmsprop-lab-ui`, and of another MLflow server."""

from urllib.parse import quote, urlsplit

from rmsprop_lab.tracking.page import DEFAULT_VIEW, view_link

PORT = 5000
"""The port of `rmsprop-lab-ui` on 127.0.0.1, if it is free."""

START = "/studies"
"""The path of the start page, which lists the studies."""

_LAYOUT = "workflowType=machine_learning"  # without it MLflow may open its layout for language models


def local_address(port: int = PORT) -> str:
    """The address of `rmsprop-lab-ui`."""
    return f"http://127.0.0.1:{port}"


def study_address(server: str, name: str) -> str:
    """The address of a study's charts on a server with our pages.

    >>> study_address(local_address(), "a b/ü")
    'http://127.0.0.1:5000/study/a%20b%2F%C3%BC'
    """
    return f"{server}/study/{quote(name, safe='')}"


def plain_link(experiment_id: str, view: str = DEFAULT_VIEW) -> str:
    """The link to a view on a server without our pages, relative to its address."""
    return f"{view_link(experiment_id, view)}&{_LAYOUT}"


def server_address(uri: str) -> str:
    """The address that a browser opens of the server of a store: without user, password and query.

    >>> server_address("https://me:secret@host:5000/mlflow/?token=secret")
    'https://host:5000/mlflow'
    """
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
