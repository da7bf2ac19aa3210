"""What mkdocs does besides: the notebook becomes a page."""

from typing import Any

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
