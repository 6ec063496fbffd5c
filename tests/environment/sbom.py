"""Write a bill of materials in CycloneDX's JSON: ``python -m tests.environment.sbom FILE``.

cyclonedx-py reads the pinned packages that Runfolio and its extras need. What it can't know is
added here: what needs what, Runfolio's version, and the browser libraries that are in the package.
The file depends on the commit alone: there is no serial number, and the time is that of
``$SOURCE_DATE_EPOCH`` or of the commit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from runfolio.version import __version__
from tests.environment.apart import install_apart, python_of
from tests.environment.pins import PROJECT, Pin, parse_pins, select_pins
from tests.environment.tools import ROOT

VENDOR = ROOT / "templates" / "assets" / "vendor"
VERSION = "1.6"
VALIDATE = f"""
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = open(sys.argv[1], encoding="utf-8").read()
sys.exit(str(JsonStrictValidator(SchemaVersion.from_version("{VERSION}")).validate_str(text) or ""))
"""

Document = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Write the file, check it by CycloneDX's own schema, and return an exit code."""
    if len(arguments) != 1:
        print("usage: python -m tests.environment.sbom FILE", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    install_apart("supply")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write_sbom(), encoding="utf-8")
    if problem := find_mistake(path):
        print(f"{path} is no valid CycloneDX {VERSION}: {problem}", file=sys.stderr)
        return 1
    print(f"{path}: {len(json.loads(path.read_text(encoding='utf-8'))['components'])} components")
    return 0


def write_sbom() -> str:
    """The bill of materials of this commit."""
    pins = select_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"), [])
    vendored = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))["libraries"]
    noted = parse_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    document = complete(ask_cyclonedx(pins), noted, vendored)
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def find_mistake(path: Path) -> str:
    """What CycloneDX's validator says against a file; it reads the schema it comes with."""
    command = [str(python_of("supply")), "-c", VALIDATE, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


def ask_cyclonedx(pins: str) -> Document:
    """What cyclonedx-py makes of pins."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text(pins, encoding="utf-8")
        command = [str(python_of("supply")), "-W", "ignore", "-m", "cyclonedx_py", "requirements"]
        options = ["--output-reproducible", f"--spec-version={VERSION}", "--mc-type=library"]
        done = subprocess.run(
            [
                *(*command, *options, "--no-validate"),
                *("--pyproject", str(ROOT / "pyproject.toml"), str(requirements)),
            ],
            env=os.environ | {"SOURCE_DATE_EPOCH": find_epoch()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise SystemExit(f"cyclonedx-py failed: {done.stderr.strip()}")
    document: Document = json.loads(done.stdout)
    return document


def find_epoch() -> str:
    """The seconds since 1970 that stand for now: those set, else those of the commit."""
    if told := os.environ.get("SOURCE_DATE_EPOCH"):
        return told
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def complete(document: Document, pins: list[Pin], vendored: list[Document]) -> Document:
    """Name components by their package URLs, and add what needs what and what is vendored."""
    root = document["metadata"]["component"]
    root |= {"version": __version__, "purl": f"pkg:pypi/runfolio@{__version__}"}
    root["bom-ref"] = root["purl"]
    references = {}
    for component in document["components"]:
        component["purl"] = component["purl"].partition("?")[0]
        component["bom-ref"] = references[component["name"]] = component["purl"]
        component.pop("description", None)
    wanted = {pin.name: pin.wanted_by for pin in pins if pin.name in references}
    needs = {
        references[name]: [references[one] for one in wanted if name in wanted[one]]
        for name in references
    }
    bundles = [_bundle(library) for library in vendored]
    needs[root["purl"]] = [references[one] for one in wanted if PROJECT in wanted[one]]
    needs[root["purl"]] += [bundle["bom-ref"] for bundle in bundles]
    document["components"] += bundles
    document["components"].sort(key=lambda component: str(component["bom-ref"]))
    document["dependencies"] = [
        {"ref": reference, "dependsOn": sorted(needed)}
        for reference, needed in sorted(needs.items())
    ]
    return document


def _bundle(library: Document) -> Document:
    """A script that is in the package, with the packages that it was made of."""
    packages = [
        {
            "type": "library",
            "bom-ref": f"{library['file']}#{one['name']}@{one['version']}",
            "name": one["name"],
            "version": one["version"],
            "licenses": [{"license": {"id": one["licence"]}}],
            "purl": f"pkg:npm/{one['name']}@{one['version']}",
        }
        for one in library["sources"]
    ]
    return {
        "type": "file",
        "bom-ref": library["file"],
        "name": f"runfolio/templates/assets/vendor/{library['file']}",
        "version": library["version"],
        "hashes": [{"alg": "SHA-256", "content": library["sha256"]}],
        "components": packages,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
