"""Start a Postfix of our own: on a loopback port, with configuration and queue in a folder of its own.

Nothing of the system is touched: no file outside the folder is read but Postfix's programs, and
none is written. It needs root, because Postfix does.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

DOMAIN = "example.test"
USER, PASSWORD = "user", "p\xe4ss word"
LARGEST = 200_000
PROGRAMS = Path("/usr/lib/postfix/sbin")
WHERE = f"{os.environ.get('PATH', '')}:/usr/sbin"

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {programs}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mail.{domain}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
alias_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = static:box/
virtual_mailbox_base = {folder}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
message_size_limit = {largest}
smtputf8_enable = yes
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = {folder}/certificate.pem
smtpd_sasl_auth_enable = {sasl}
smtpd_sasl_local_domain = {domain}
cyrus_sasl_config_path = {folder}/etc/sasl
smtpd_relay_restrictions = permit_sasl_authenticated,
    check_recipient_access inline:{{ {{members@{domain} = REJECT}} }}, reject_unauth_destination
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
"""
SASL = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {folder}/passwords
mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256
"""


class Unavailable(Exception):
    """Postfix cannot be started here; the message says why."""


@dataclass(frozen=True)
class Postfix:
    """A running server: its *port*, whether it has *passwords*, and its *folder*."""

    port: int
    passwords: bool
    folder: Path

    def mail(self, token: str, seconds: float = 60.0) -> bytes:
        """Return the mail in the Maildir that holds *token*, as soon as it is there."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            for path in (self.folder / "box" / "new").glob("*"):
                if token.encode() in (text := path.read_bytes()):
                    return text
            time.sleep(0.02)  # Postfix delivers when it likes
        raise AssertionError(f"no mail with {token} came\n{self.log()}")

    def log(self) -> str:
        """Return what Postfix says about itself."""
        path = self.folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def last_word(self) -> str:
        """Return the last line of that."""
        return self.log().strip().rpartition("\n")[2]


@contextmanager
def running(folder: Path, authority: trustme.CA) -> Iterator[Postfix]:
    """Run Postfix in *folder*, with a certificate of *authority*. Raises `Unavailable`."""
    program = _needed("postfix")
    if os.geteuid() != 0:
        raise Unavailable("Postfix is started by root only")
    if not (PROGRAMS / "master").exists():
        raise Unavailable(f"no Postfix programs in {PROGRAMS}")
    made = _configured(folder, authority)
    command = [program, "-c", str(folder / "etc")]
    started = _run([*command, "start"])
    if started.returncode:
        raise Unavailable(f"postfix start: {made.last_word() or started.stdout}")
    try:
        _listening(made)
        yield made
    finally:
        _run([*command, "stop"])


def _configured(folder: Path, authority: trustme.CA) -> Postfix:
    try:
        owner, reader = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    except KeyError as missing:
        raise Unavailable(f"no such user: {missing}") from None
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    folders = {"etc": 0, "etc/sasl": 0, "queue": 0, "data": owner.pw_uid, "box": reader.pw_uid}
    for name, uid in folders.items():
        (folder / name).mkdir()
        os.chown(folder / name, uid, -1)
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "certificate.pem"))
    made = Postfix(port, _passwords(folder, owner.pw_uid), folder)
    values = {
        "folder": folder,
        "programs": PROGRAMS,
        "domain": DOMAIN,
        "uid": reader.pw_uid,
        "gid": reader.pw_gid,
        "largest": LARGEST,
        "sasl": "yes" if made.passwords else "no",
        "port": port,
    }
    for name, text in (("main.cf", MAIN), ("master.cf", MASTER), ("sasl/smtpd.conf", SASL)):
        (folder / "etc" / name).write_text(text.format(**values), encoding="ascii")
    return made


def _passwords(folder: Path, owner: int) -> bool:
    """Make the file of passwords; tell whether that was possible."""
    program, file = shutil.which("saslpasswd2", path=WHERE), folder / "passwords"
    if program is None:
        return False
    done = _run([program, "-p", "-c", "-f", str(file), "-u", DOMAIN, USER], PASSWORD)
    if done.returncode or not file.exists():
        return False
    os.chown(file, owner, -1)
    return True


def _listening(made: Postfix) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            with socket.create_connection(("127.0.0.1", made.port), 1) as client:
                client.settimeout(5)
                if client.recv(3) == b"220":
                    return
        except OSError:
            time.sleep(0.05)
    raise Unavailable(f"Postfix does not answer: {made.last_word()}")


def _needed(name: str) -> str:
    program = shutil.which(name, path=WHERE)
    if program is None:
        raise Unavailable(f"no {name} on this machine")
    return program


def _run(command: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
