"""Tiny wheels that tests install without a network, those of Runfolio's own needs included."""

from __future__ import annotations

import base64
import hashlib
import re
import sysconfig
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path


def make_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    files: Mapping[str, str] | None = None,
    *,
    needs: tuple[str, ...] = (),
) -> Path:
    """A wheel of `files` by name, by default one module with the package's name and version."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = name.replace("-", "_")
    info = f"{plain}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {one}\n" for one in needs)
    tags = "Generator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    content = {
        **(files or {f"{plain}.py": f"__version__ = {version!r}\n"}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\n{tags}",
    }
    record = "".join(f"{path},{_hash(text)},{len(text)}\n" for path, text in content.items())
    path = folder / f"{plain}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**content, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(file, text)
    return path


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def make_needs(folder: Path) -> None:
    """Wheels of what Runfolio depends on, which lead to what is installed here."""
    for number, line in enumerate(metadata.requires("runfolio") or ()):
        name = re.split(r"[<>=;\[ ]", line)[0]
        link = {f"here{number}.pth": sysconfig.get_path("purelib") + "\n"}
        make_wheel(folder, name, metadata.version(name), link) if "extra ==" not in line else None
