"""Archives as artifacts, with members that lead out, are links, or come twice."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from collections.abc import Iterator

import runfolio
from tests.hostile.cases import Case, Ground
from tests.hostile.names import names_of
from tests.hostile.texts import MARK


def write(ground: Ground) -> Iterator[Case]:
    """A store with archives among its artifacts, which a build never unpacks; and a foreign one."""
    store = ground.folder / "archives"
    names = [name for name in names_of(ground.outside / "written.txt") if "\0" not in name]
    contents = {"a.zip": _zip(names), "a.tar": _tar(names, ""), "a.tar.gz": _tar(names, "gz")}
    with runfolio.start_run(experiment=MARK, name="archives", store=store, capture=False) as run:
        for name, content in contents.items():
            path = ground.folder / name
            path.write_bytes(content)
            run.log_artifact(path)
            for suffix in ("npz", "keras", "skops", "pt", "whl", "docx"):
                (odd := ground.folder / f"{name}.{suffix}").write_bytes(content)
                run.log_artifact(odd)
    yield Case("archives", store, shown=("a.zip", "a.tar.gz", "a.zip.npz"))
    foreign = ground.folder / "foreign.zip"
    foreign.write_bytes(contents["a.zip"])
    yield Case("archives-foreign", foreign, refused=True)


def _zip(names: list[str]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # names that come twice
        for name in (*names, MARK, MARK, MARK.upper()):
            archive.writestr(name, MARK)
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.comment = MARK.encode()
    return buffer.getvalue()


def _tar(names: list[str], packing: str) -> bytes:
    buffer = io.BytesIO()
    mode = f"w:{packing}"
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name in names:
            member = tarfile.TarInfo(name[:200])
            member.size = len(MARK)
            archive.addfile(member, io.BytesIO(MARK.encode()))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            member = tarfile.TarInfo("odd")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    return buffer.getvalue()
