"""The sample of the proxy is what nginx understands, and does what docs/operating.md says of it."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config import local
from tests.config import processes

SAMPLE = (local.PROJECT / "deploy/nginx/casetrail.conf").read_text()
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
NAME = "desk.example.com"
# What stands around a site; nothing of it is read from this machine, nor written outside the test.
AROUND = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""

pytestmark = pytest.mark.skipif(
    NGINX is None, reason="THE SAMPLE OF THE PROXY WAS NOT TRIED: no nginx (Debian: apt install)"
)


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture
def ports() -> dict[str, int]:
    return dict(zip(("plain", "secure", "desk"), free_ports(3), strict=True))


@pytest.fixture
def configured(ports: dict[str, int], tmp_path: Path) -> Path:
    """The sample with nothing changed but ports, and where the certificate lies."""
    certify(tmp_path)
    site = SAMPLE.replace(f"/etc/ssl/{NAME}", str(tmp_path))
    for words, name in (("listen 80;", "plain"), ("listen 443 ", "secure")):
        assert words in site
        ending = words.removeprefix("listen ").lstrip("0123456789")
        site = site.replace(words, f"listen 127.0.0.1:{ports[name]}{ending}")
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{ports['desk']}")
    file = tmp_path / "nginx.conf"
    file.write_text(AROUND.format(folder=tmp_path, site=site))
    return file


def command(file: Path, *options: str) -> list[str]:
    return [str(NGINX), "-p", str(file.parent), "-e", str(file.parent / "error.log"), "-c",
            str(file), *options]  # fmt: skip


def test_nginx_understands_the_sample(configured: Path) -> None:
    tried = subprocess.run(command(configured, "-t"), capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    # Newer ones would have the same said otherwise.
    lines = [line for line in tried.stderr.splitlines() if '"listen ... http2"' not in line]
    assert not [line for line in lines if "[warn]" in line or "[emerg]" in line]


def test_a_mistake_in_it_would_be_found(configured: Path) -> None:
    configured.write_text(configured.read_text().replace("proxy_pass", "proxy_past"))
    tried = subprocess.run(command(configured, "-t"), capture_output=True, text=True)
    assert 'unknown directive "proxy_past"' in tried.stderr
    assert tried.returncode != 0


class Desk(BaseHTTPRequestHandler):
    """Tells which headers it was asked with."""

    def do_GET(self) -> None:
        body = str(self.headers).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def in_front(configured: Path, ports: dict[str, int]) -> Iterator[int]:
    """The port of the proxy, with something behind it."""
    desk = HTTPServer(("127.0.0.1", ports["desk"]), Desk)
    serving = threading.Thread(target=desk.serve_forever)
    serving.start()
    proxy = subprocess.Popen(command(configured), stderr=subprocess.DEVNULL)
    try:
        assert processes.eventually(lambda: answers(ports["plain"]))
        yield ports["secure"]
    finally:
        proxy.terminate()
        proxy.wait(30)
        desk.shutdown()
        serving.join()
        desk.server_close()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def asked(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, timeout=30)
    line.request(method, path, headers={"Host": NAME, **headers})
    answer = line.getresponse()
    told = answer.read().decode()
    line.close()
    return answer.status, told


@pytest.mark.slow
def test_it_replaces_what_a_client_says_of_itself_and_closes_what_is_for_machines(
    in_front: int, ports: dict[str, int]
) -> None:
    claimed = {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "http",
               "X-Request-ID": "mine-0123456789"}  # fmt: skip
    status, headers = asked(in_front, "/requests/", **claimed)
    told = dict(re.findall(r"^([\w-]+): (.*)$", headers, re.MULTILINE))
    assert status == 200
    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert told["X-Forwarded-Proto"] == "https"
    assert told["Host"] == NAME
    assert re.fullmatch(r"[0-9a-f]{32}", told["X-Request-ID"])
    assert {asked(in_front, path)[0] for path in ("/metrics", "/readyz")} == {404}
    too_large = {"Content-Length": str(113 * 2**20), "Expect": "100-continue"}
    status, sentence = asked(in_front, "/requests/new/", "POST", **too_large)
    assert (status, "larger than 110 MB" in sentence) == (413, True)
    plain = http.client.HTTPConnection("127.0.0.1", ports["plain"], timeout=30)
    plain.request("GET", "/requests/?q=a", headers={"Host": NAME})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/requests/?q=a")
    plain.close()
