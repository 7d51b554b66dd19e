"""
The proxy's configuration of docs/guide/operators.md, before a served record: what comes in and how.

Only where nginx is installed; nothing here installs it.
"""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accompany.base import clock
from tests.shell import ASKED, Shell

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
GUIDE = Path(__file__).parents[3] / "docs" / "guide" / "operators.md"
NAME = "record.example.org"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        NGINX is None, reason="nginx is not here, so its configuration is not tried"
    ),
]


@dataclass(frozen=True)
class Installation:
    """A record behind the proxy: where each listens, and what the proxy writes."""

    secure: int
    plain: int
    behind: int
    folder: Path
    authority: str

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.authority)

    def ask(self, method="GET", address="/sign-in", body=None, **headers):
        """What the proxy answers over TLS."""
        asked = http.client.HTTPSConnection("127.0.0.1", self.secure, context=self.trusting())
        asked.sock = self.trusting().wrap_socket(
            socket.create_connection(("127.0.0.1", self.secure), 20), server_hostname=NAME
        )
        return answer(asked, method, address, body, headers)

    def ask_plainly(self, port, method="GET", address="/sign-in", **headers):
        """What is answered without TLS."""
        return answer(
            http.client.HTTPConnection("127.0.0.1", port, 20), method, address, None, headers
        )


def answer(asked, method, address, body, headers):
    asked.request(method, address, body, {"Host": NAME, **headers})
    answered = asked.getresponse()
    answered.body = answered.read()
    asked.close()
    return answered


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def certificate(folder):
    """A certificate of our own for the name, and its key; answers it as PEM."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    (folder / "fullchain.pem").write_bytes(made)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return made.decode()


def configuration(folder, secure, plain, behind):
    """The block of the guide, with the ports and folders of this test and nothing else changed."""
    block = GUIDE.read_text().split("```nginx\n")[1].split("```")[0]
    for told, here in {
        "listen 443": f"listen 127.0.0.1:{secure}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "127.0.0.1:8000": f"127.0.0.1:{behind}",
        "/etc/ssl/accompany": str(folder),
        "/var/log/nginx": str(folder),
        "accompany.error.log crit": "accompany.error.log warn",  # so that it tells what it buffers
    }.items():
        assert told in block
        block = block.replace(told, here)
    block = re.sub(r"^ *listen \[::\].*\n", "", block, flags=re.MULTILINE)
    places = "".join(
        f"    {kind}_temp_path {folder}/temp/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log crit;\n"
        f"events {{}}\nhttp {{\n{places}{block}}}\n"
    )


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "temp").mkdir()
    shell = Shell(folder / "home")
    assert shell("setup", *ASKED).returncode == 0
    secure, plain, behind = free_port(), free_port(), free_port()
    authority = certificate(folder)
    (folder / "nginx.conf").write_text(configuration(folder, secure, plain, behind))
    environment = shell.environment() | {"ACCOMPANY_HTTPS": "1", "ACCOMPANY_HOSTS": NAME}
    serve = [sys.executable, "-m", "accompany", "serve", "--port", str(behind)]
    proxy = [str(NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"]
    with (
        subprocess.Popen(serve, env=environment, stdout=subprocess.DEVNULL) as server,
        subprocess.Popen(proxy) as front,
    ):
        try:
            for port in (behind, secure):
                wait_for(port, server, front)
            yield Installation(secure, plain, behind, folder, authority)
        finally:
            front.terminate()
            server.terminate()


def wait_for(port, *processes):
    for _ in range(300):
        assert all(process.poll() is None for process in processes)
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("nothing answered within a minute")


def test_a_page_comes_over_tls_and_asks_for_nothing_else_from_now_on(installation):
    page = installation.ask()
    assert page.status == 200
    assert page.getheader("Strict-Transport-Security") == "max-age=63072000; includeSubDomains"
    cookies = page.headers.get_all("Set-Cookie")
    assert cookies
    assert all(one.startswith("__Host-") and "Secure" in one for one in cookies)


def test_the_proxy_leads_plain_requests_to_tls(installation):
    led = installation.ask_plainly(installation.plain)
    assert (led.status, led.getheader("Location")) == (301, f"https://{NAME}/sign-in")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_past_the_proxy_there_is_no_plain_page(installation, method):
    led = installation.ask_plainly(installation.behind, method)
    assert (led.status, led.getheader("Location")) == (301, f"https://{NAME}/sign-in")
    assert led.getheader("Set-Cookie") is None


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [
        (ssl.TLSVersion.TLSv1_1, False),
        (ssl.TLSVersion.TLSv1_2, True),
        (ssl.TLSVersion.TLSv1_3, True),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_only_tls_1_2_and_1_3_are_spoken(installation, version, is_taken):
    context = installation.trusting()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    assert speaks(installation, context) is is_taken


@pytest.mark.parametrize("weak", ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA"])
def test_no_weak_cipher_is_taken(installation, weak):
    context = installation.trusting()
    context.set_ciphers(f"{weak}:@SECLEVEL=0")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert not speaks(installation, context)


def speaks(installation, context):
    try:
        with (
            socket.create_connection(("127.0.0.1", installation.secure), 20) as wire,
            context.wrap_socket(wire, server_hostname=NAME),
        ):
            return True
    except (ssl.SSLError, ConnectionError):
        return False


def test_what_a_client_claims_of_its_origin_is_not_believed(installation):
    """Ten failures shut the door to who makes them, whatever each claims to be."""
    for number in range(11):
        token = re.search(rb'csrfmiddlewaretoken" value="(\w+)"', (page := installation.ask()).body)
        cookie = page.headers.get_all("Set-Cookie")[0].partition(";")[0]
        form = b"csrfmiddlewaretoken=" + token[1] + b"&username=ines&password=falsch"
        claims = {"X-Forwarded-For": f"198.51.100.{number}", "Referer": f"https://{NAME}/sign-in"}
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", **claims}
        assert installation.ask("POST", "/sign-in", form, **headers).status == 403
    said = origins(installation)
    assert len(said) == 1


def origins(installation):
    """The origins, as digests, of tries that are kept."""
    asked = (
        "import django; django.setup(); from accompany.access.models import SignInAttempt as S; "
        "print(*{bytes(o).hex() for o in S.objects.values_list('origin', flat=True)})"
    )
    environment = Shell(installation.folder / "home").environment()
    environment["DJANGO_SETTINGS_MODULE"] = "accompany.config.settings"
    done = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_no_address_is_written_to_the_proxy_s_log(installation):
    installation.ask(address="/enter/ein-geheimer-weg?code=K7Q-2M9-4")
    time.sleep(0.2)
    written = (installation.folder / "accompany.log").read_text()
    assert " GET " in written
    assert "geheim" not in written
    assert "K7Q" not in written


def test_what_is_sent_is_never_laid_on_the_proxy_s_disk(installation):
    sent = b"a" * 3_000_000
    answered = installation.ask("POST", "/lists/receive", sent, **{"Content-Type": "text/csv"})
    time.sleep(0.2)
    assert answered.status < 500
    assert "client_body" not in (installation.folder / "accompany.error.log").read_text()
