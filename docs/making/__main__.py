"""`make gallery`: writes the pages, pictures and the schema that come from the code."""

from pathlib import Path

from making import configuration, gallery, schema, tutorial

DOCS = Path(__file__).resolve().parents[1]
TEXTS = {
    schema.FILE: schema.text,
    DOCS / "configuration.md": configuration.page,
    DOCS / "gallery.md": gallery.page,
}

if __name__ == "__main__":
    for path, made in TEXTS.items():
        path.write_text(made(), encoding="utf-8")
    gallery.draw(DOCS)
    tutorial.draw(DOCS)
    print("conf/schema.json, docs/configuration.md, docs/gallery.md, docs/gallery.png, docs/gallery/, docs/tutorial/")
