"""Copy what browsers need from `frontend/node_modules` to `anwei/portal/static/vendor`.

Standard library only, because it runs before anything is installed. Source maps stay out, and so do the
comments that name them (hashed static files would otherwise point at files that are not there).
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

FRONTEND = Path(__file__).resolve().parent
MODULES = FRONTEND / "node_modules"
VENDOR = FRONTEND.parent / "anwei" / "portal" / "static" / "vendor"
SVG = "http://www.w3.org/2000/svg"

COPIES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.js",
    "bootstrap/LICENSE": "licences/bootstrap.txt",
    "echarts/dist/echarts.min.js": "echarts.js",
    "echarts/LICENSE": "licences/echarts.txt",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre.css",
    "maplibre-gl/dist/maplibre-gl-csp.js": "maplibre.js",
    "maplibre-gl/dist/maplibre-gl-csp-worker.js": "maplibre-worker.js",
    "maplibre-gl/LICENSE.txt": "licences/maplibre.txt",
    "@tabler/icons/LICENSE": "licences/tabler-icons.txt",
}
NEEDS_POLYFILLS = {"maplibre.js", "maplibre-worker.js"}
SOURCE_MAP = re.compile(r"^\s*(//[#@] sourceMappingURL=.*|/\*# sourceMappingURL=.*\*/)\s*$", re.MULTILINE)


def prepared(name: str, text: str) -> str:
    """Return the text of a vendored file as it is served."""
    text = SOURCE_MAP.sub("", text)
    if name in NEEDS_POLYFILLS:
        text = (FRONTEND / "polyfills.js").read_text("utf-8") + text
    return text


def sprite(names: list[str]) -> str:
    """Return one SVG document with a symbol for each icon; pages draw it by `<use href="icons.svg#name">`."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.Element(f"{{{SVG}}}svg")
    for name in names:
        path = MODULES / "@tabler/icons/icons/outline" / f"{name}.svg"
        icon = ElementTree.parse(path).getroot()  # noqa: S314  checked by the hash in package-lock.json
        symbol = ElementTree.SubElement(root, f"{{{SVG}}}symbol", id=name, viewBox=icon.attrib["viewBox"])
        symbol.extend(shape for shape in icon if shape.get("stroke") != "none")
    return ElementTree.tostring(root, encoding="unicode")


def main() -> int:
    """Fill the vendor folder anew; say in one sentence what is missing when npm has not run."""
    missing = [source for source in COPIES if not (MODULES / source).exists()]
    if missing:
        sys.stderr.write(f"{missing[0]} is not in frontend/node_modules: run `npm ci` there first.\n")
        return 1
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, name in COPIES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(prepared(name, (MODULES / source).read_text("utf-8")), "utf-8")
    icons = (FRONTEND / "icons.txt").read_text("utf-8").split()
    (VENDOR / "icons.svg").write_text(sprite(icons), "utf-8")
    n_bytes = sum(file.stat().st_size for file in VENDOR.rglob("*") if file.is_file())
    sys.stdout.write(f"{len(COPIES) + 1} front-end files, {n_bytes:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
