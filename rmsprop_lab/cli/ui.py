"""Opens the studies of rmsprop-lab in the browser: their charts in MLflow, and their reports. On this machine only."""

import argparse
import sys
from collections.abc import Mapping
from typing import NoReturn

from rmsprop_lab.base.checks import local_folder
from rmsprop_lab.cli import prepare
from rmsprop_lab.cli.browser import open_in_browser
from rmsprop_lab.cli.encoding import print_any_text
from rmsprop_lab.cli.mlflow_server import port_to_use, serve
from rmsprop_lab.cli.parser_errors import tell_in_short
from rmsprop_lab.cli.running_server import announced
from rmsprop_lab.cli.signals import exit_at_once
from rmsprop_lab.cli.streams import drop_unwritten, name_full_output, stand_in_for_closed
from rmsprop_lab.errors import Found, InputError, printable
from rmsprop_lab.processes.locking import DEFAULT_WAIT
from rmsprop_lab.tracking.addresses import PORT, local_address, plain_link, server_address, study_address
from rmsprop_lab.tracking.redaction import redacted
from rmsprop_lab.tracking.uri import LOCAL, check_uri, default_uri, is_database, named_uri, sqlite_path

_MOST = 20  # studies that are listed in the terminal; the page has all


def main() -> NoReturn:
    """Starts the server and waits until it ends. Exits with status 2 for a store or port that cannot be used."""
    exit_at_once()
    stand_in_for_closed()
    name_full_output()
    prepare()
    parser = _parser()
    print_any_text()
    args = parser.parse_args()
    browser = args.browser and sys.stdout.isatty()
    try:
        store = store_to_show(args.uri, args.output_dir)
        studies = _studies(store)
        if not is_database(store):
            _tell_server(redacted(server_address(store)), studies, browser)
            sys.exit(0)
        port = port_to_use(args.port)
        taken = f" Port {PORT} is taken, so it is on {port}." if not args.port and port != PORT else ""
        _say(f"MLflow starts in a few seconds; the addresses follow. Ctrl-C stops it.{taken}")
    except Exception as error:
        from rmsprop_lab.cli.endings import ending

        status, message = ending(error)
        drop_unwritten()
        print(f"rmsprop-lab-ui: {redacted(message)}", file=sys.stderr)
        sys.exit(status)
    with announced(store, port):
        sys.exit(serve(store, port, lambda start: _tell(port, studies, start, browser), _tell_obstacle))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rmsprop-lab-ui", description=__doc__)
    tell_in_short(parser)
    parser.add_argument("--output-dir", help="folder of all studies (default: outputs)")
    parser.add_argument("--uri", help="another MLflow store, as in tracking.uri (default: MLFLOW_TRACKING_URI)")
    parser.add_argument("--port", type=int, help=f"port on 127.0.0.1 (default: {PORT}, or the next that is free)")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="print the addresses only")
    return parser


def store_to_show(uri: str | None, output_dir: str | None) -> str:
    """The store that the options name, or the environment, once it is checked.

    Args:
        uri: `--uri`.
        output_dir: `--output-dir`.

    Raises:
        InputError: The store does not exist, or cannot be opened.
    """
    named = named_uri(LOCAL if uri is None and output_dir is not None else uri)
    if named is not None:
        return check_uri(named)
    folder = output_dir or "outputs"
    if not (local_folder(folder, "--output-dir") / "mlflow.db").exists():
        found = Found(f"none in {folder}")
        raise InputError("--output-dir", "a folder with mlflow.db", found, "Run rmsprop-lab experiment=compare first.")
    return check_uri(default_uri(folder))


def _studies(store: str) -> dict[str, str]:
    """The experiments of the studies by name, after MLflow has opened the store: one of another version is refused."""
    from rmsprop_lab.tracking.listing import study_ids
    from rmsprop_lab.tracking.moved import lost_files
    from rmsprop_lab.tracking.store import as_tracking_error, open_store

    client = open_store(store, DEFAULT_WAIT)
    if (path := sqlite_path(store)) and (lost := lost_files(path)):
        print(f"rmsprop-lab-ui: {lost}", file=sys.stderr)
    with as_tracking_error(f"reading {redacted(store)}"):
        return study_ids(client)


def _tell(port: int, studies: Mapping[str, str], start: str, browser: bool) -> None:
    """Prints the addresses of a server that answers, and opens the first; `start`: the path of our start page."""
    server = local_address(port)
    if not start:
        _tell_links(server, studies, browser)
        return
    if start != "/":
        _say("MLflow's front page has changed and does not lead to the list of studies.")
    _tell_addresses(f"{server}{start}", {name: study_address(server, name) for name in studies}, browser)


def _tell_server(server: str, studies: Mapping[str, str], browser: bool) -> None:
    _say(f"{server} is a server already, so none is started.")
    _tell_links(server, studies, browser)


def _tell_links(server: str, studies: Mapping[str, str], browser: bool) -> None:
    """The same for a server without our pages."""
    links = {name: f"{server}/{plain_link(number)}" for name, number in studies.items()}
    _tell_addresses(next(iter(links.values()), f"{server}/"), links, browser)


def _tell_addresses(first: str, links: Mapping[str, str], browser: bool) -> None:
    shown = {"all studies": first} if first not in links.values() else {}
    shown |= dict(list(links.items())[:_MOST])
    width = min(max(map(len, shown)), 30)
    for name, address in shown.items():
        _say(f"  {name:{width}}  {address}")
    if len(links) > _MOST:
        _say(f"  and {len(links) - _MOST} more")
    if browser:
        open_in_browser(first)


def _tell_obstacle(why: str) -> None:
    _say(f"This is MLflow's page alone, without the list of studies and their reports: {why}.")


def _say(text: str) -> None:
    print(printable(text), flush=True)


if __name__ == "__main__":
    main()
