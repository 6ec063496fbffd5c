"""What has to be installed to load a model: pins, and the environments made of them."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import (
    PackageNotFoundError,
    distribution,
    packages_distributions,
    requires,
)
from typing import Final

from runfolio.documents import write_yaml

REQUIREMENTS: Final = "requirements.txt"
PYTHON_ENV: Final = "python_env.yaml"
CONDA: Final = "conda.yaml"
ENVIRONMENT: Final = {"conda": CONDA, "virtualenv": PYTHON_ENV}
"""What ``python_function`` calls ``env``."""

STACK: Final = ("numpy", "scipy", "pandas")
"""What libraries build on; another version of it is the usual reason why a model won't load."""

_BUILD: Final = ("pip", "setuptools", "wheel")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def find_distributions(modules: Iterable[str]) -> tuple[str, ...]:
    """The installed distributions that modules come from; Python's own come from none."""
    tops = {one.partition(".")[0] for one in modules}
    known = _list_distributions() if tops else {}
    return tuple(sorted({known[one][0] for one in tops if known.get(one)}))


@cache
def _list_distributions() -> Mapping[str, list[str]]:
    """The distributions of each module at the top, which takes a while to gather."""
    return packages_distributions()


def pin_packages(packages: Iterable[str]) -> list[str]:
    """The installed versions of distributions, and of what of the scientific stack they need."""
    wanted = {_normalise(one) for one in packages}
    for name in list(wanted):
        wanted.update(one for one in STACK if one in _find_needs(name))
    return list(_pin(sorted(wanted)))


def write_environment(packages: Iterable[str]) -> dict[str, str]:
    """The files that say what a model needs, by name, as MLflow writes them."""
    pins, python = pin_packages(packages), platform.python_version()
    build = [next(_pin([one]), one) for one in _BUILD]
    python_env = {
        "python": python,
        "build_dependencies": build,
        "dependencies": [f"-r {REQUIREMENTS}"],
    }
    conda = {
        "channels": ["conda-forge"],
        "dependencies": [f"python={python}", build[0].replace("==", "<="), {"pip": pins}],
        "name": "mlflow-env",
    }
    return {
        REQUIREMENTS: "".join(f"{pin}\n" for pin in pins),
        PYTHON_ENV: write_yaml(python_env),
        CONDA: write_yaml(conda),
    }


def _pin(names: Iterable[str]) -> Iterator[str]:
    """What is installed, under its own name and without the label of a build on no index."""
    for name in names:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        yield f"{found.metadata['Name']}=={found.version.partition('+')[0]}"


def _find_needs(name: str) -> set[str]:
    """The distributions that one names as needed in any case."""
    try:
        needs = requires(name) or []
    except PackageNotFoundError:
        return set()
    plain = (one for one in needs if "extra" not in one.partition(";")[2])
    return {_normalise(found[0]) for one in plain if (found := _NAME.match(one))}


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
