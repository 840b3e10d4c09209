"""Write the reference pages: `./dev docs`."""

from reference import stale

for path, text in stale().items():
    path.write_text(text, encoding="utf-8")
    print(path)  # noqa: T201 - what it wrote
