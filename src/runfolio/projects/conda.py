"""``conda.yaml``, translated for pip: packages of the same name, as far as there are any.

What is Python's own is told from what is not (compilers, CUDA, R …) by names, so that is guesswork
and said to the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from runfolio.errors import ProjectInvalid
from runfolio.projects.environments import EnvironmentSpec
from runfolio.projects.project import Declared
from runfolio.projects.python_env import read_table_of
from runfolio.projects.requirements import parse_requirements

_BUILD: Final = ("pip", "setuptools", "wheel")

_OTHER_NAMES: Final = {
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "matplotlib-base": "matplotlib",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-opencv": "opencv-python",
    "opencv": "opencv-python",
    "pytables": "tables",
    "msgpack-python": "msgpack",
    "dask-core": "dask",
    "seaborn-base": "seaborn",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "python-graphviz": "graphviz",
}
"""Packages that the index of Python packages has under another name than conda."""

_NO_PACKAGE: Final = re.compile(
    r"r|(r|lib|ca|cuda|nvidia|gcc|gxx|clang|gfortran|binutils|sysroot|xorg|rust|vs)-.*|_.*"
    r"|lib(?!rosa|cst|tpu|sass|clang$|linear).*|cud.*|(?>.*?cudnn).*|pytorch-(cuda|mutex)|blas|mkl"
    r"|mkl-(?!fft|random|service).*|openblas|intel-openmp|llvm-openmp|nccl|openmpi|mpich|nomkl"
    r"|gcc|gxx|make|cmake|ninja|git|git-lfs|curl|wget|openssl|zlib|bzip2|xz|sqlite|readline|tk"
    r"|ncurses|ffmpeg|nodejs|openjdk|java|jdk|ghostscript|graphviz|pandoc|ca-certificates|python"
)
"""Names of conda packages that are no Python packages."""

_SPEC: Final = re.compile(r"(?:[^:\s]+::)?(?P<name>[A-Za-z0-9_][\w.-]*)\s*(?P<version>.*)")
_PYTHON: Final = re.compile(r"(?:==?|<=|>=)?\s*(\d+(?:\.\d+)*)(?:\.\*)?(?:=.*|,.*)?")
_OPERATOR: Final = re.compile(r"[<>!~]=?|===?")


def read_conda(file: Path) -> Declared:
    """The environment that a ``conda.yaml`` describes, and what of it is left out or guessed."""
    entries = read_table_of(file).get("dependencies") or []
    if not isinstance(entries, list):
        raise ProjectInvalid(f"'dependencies' of {str(file)!r} is no list. Correct it.")
    python: str | None = None
    build: list[str] = []
    packages: list[str] = []
    left: list[str] = []
    for name, version, text in _specs(entries, left):
        if name == "python":
            found = _PYTHON.fullmatch(version)
            python = found[1] if found else None
            left += [] if found or not version else [text]
        elif name in _BUILD:
            build += [f"{name}{_translate(version) or ''}"] if name != "pip" else []
        elif _NO_PACKAGE.fullmatch(name) or (required := _translate(version)) is None:
            left.append(text)
        else:
            packages.append(f"{_OTHER_NAMES.get(name, name)}{required}")
    found_pip = parse_requirements(_pip_lines(entries), file.parent)
    spec = EnvironmentSpec(
        python=python,
        packages=(*packages, *found_pip.packages),
        build_packages=tuple(build),
        constraints=found_pip.constraints,
    )
    return Declared(spec, file.name, tuple(_warn(file, packages, left)))


def _specs(entries: list[Any], left: list[str]) -> Iterator[tuple[str, str, str]]:
    """The conda packages as name, version and the whole text; others go to `left`."""
    for entry in entries:
        if isinstance(entry, dict) and "pip" in entry:
            left += [f"{key}: …" for key in entry if key != "pip"]
        elif isinstance(entry, str) and (spec := _SPEC.fullmatch(entry.strip())) is not None:
            version = spec["version"].strip()
            version = version.partition("[")[0].strip() if version.endswith("]") else version
            yield spec["name"].lower().replace("_", "-"), version, entry.strip()
        else:
            left.append(str(entry)[:80])


def _pip_lines(entries: list[Any]) -> list[str]:
    lists = [entry["pip"] for entry in entries if isinstance(entry, dict) and "pip" in entry]
    return [str(line) for found in lists if isinstance(found, list) for line in found]


def _translate(version: str) -> str | None:
    """A version of conda's for pip: ``=1.2`` is any 1.2.*; None where there is no such form.

    A build, as in ``1.2.3=py38_0``, is left out. Versions are written ``=1.2``, ``1.2`` or
    ``>=1.2,<2``.
    """
    if not version or version == "*":
        return ""
    if "|" in version:
        return None
    parts = [one.strip() for one in version.split(",")]
    translated = [_translate_part(one) for one in parts]
    return ",".join(translated) if all(translated) else None


def _translate_part(part: str) -> str:
    found = re.fullmatch(r"(===?|=|[<>!~]=|[<>])?\s*([\w.!+*-]+)(?:[= ][\w.*-]+)?", part)
    if found is None:
        return ""
    operator, version = found[1], found[2]
    if operator == "=" or operator is None:
        exact = operator is None and "*" not in version
        exact = exact or re.search(r"[= ][\w.*-]+$", part[len(operator or "") :]) is not None
        if exact:
            return f"=={version}"
        return f"=={version.removesuffix('*').removesuffix('.')}.*"
    return f"{operator}{version}"


def _warn(file: Path, packages: list[str], left: list[str]) -> Iterator[str]:
    if packages:
        yield (
            f"{file.name} is translated for pip. Taken from the package index by their names: "
            f"{', '.join(packages)}."
        )
    if left:
        yield f"{file.name} is translated for pip. Left out: {', '.join(left)}."
