"""What mkdocs does besides: the notebook becomes a page."""

import re
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from nbconvert import MarkdownExporter

NOTEBOOK = "notebook.ipynb"


def on_files(files: Files, config: Any) -> Files:
    """Replaces the notebook by a page of its cells and outputs, and adds the pictures in them."""
    notebook = files.get_file_from_path(NOTEBOOK)
    if notebook is None:
        return files
    text, found = MarkdownExporter().from_filename(notebook.abs_src_path)
    files.remove(notebook)
    page = File.generated(config, "notebook.md", content=text)
    files.append(page)
    for name, content in found["outputs"].items():
        files.append(File.generated(config, name, content=content))
    return files


def on_config(config: Any) -> Any:
    """Points the navigation at that page."""
    config.nav = [{"Notebook": "notebook.md"} if entry == {"Notebook": NOTEBOOK} else entry for entry in config.nav]
    return config


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Links to the notebook lead to its page."""
    return markdown.replace(f"({NOTEBOOK})", "(notebook.md)")


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Refuses a page that needs the network to be read."""
    if found := re.search(r'<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(?:https?:)?//[^"]*"', output):
        raise PluginError(f"{page.file.src_uri} loads {found[0]}")
    return output
