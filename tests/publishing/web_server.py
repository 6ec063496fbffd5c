"""nginx with the example's configuration, serving a folder on this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "hosting" / "nginx.conf"

_AROUND = """\
daemon off;
{user}
pid {work}/nginx.pid;
error_log {work}/error.log;
events {{ }}
http {{
    include {types};
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    include {work}/site.conf;
}}
"""


@contextmanager
def nginx_serving(folder: Path, work: Path) -> Iterator[str]:
    """Serve a folder as the example says; gives the address, and skips where nginx is missing."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        pytest.skip("nginx is not installed; `apt-get install nginx-light` does it on Debian")
    work.mkdir()
    port = _free_port()
    text = EXAMPLE.read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
    (work / "site.conf").write_text(text.replace("/srv/reports;", f"{folder};"))
    user = "user root;" if os.getuid() == 0 else ""
    around = _AROUND.format(user=user, work=work, types=_types(program))
    (work / "nginx.conf").write_text(around)
    command = [program, "-p", str(work), "-c", str(work / "nginx.conf"), "-e", "stderr"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
    assert "[emerg]" not in (work / "error.log").read_text()


def _types(program: str) -> Path:
    """The media types that were installed with nginx."""
    told = subprocess.run([program, "-V"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"--conf-path=(\S+)", told)
    types = Path(found[1]).with_name("mime.types") if found else Path("/etc/nginx/mime.types")
    if not types.exists():
        pytest.skip(f"nginx has no {types}")
    return types


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx did not start")
