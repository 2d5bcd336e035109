"""The TLS certificate of the server: one that was given, or one that the trainer makes for itself."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from trainer.core.errors import BadInput
from trainer.i18n import gettext as _

VALID = timedelta(days=397)
"""Browsers refuse certificates that are valid for longer."""

RENEW = timedelta(days=30)
"""A certificate with less time left is made anew."""


def self_signed(folder: Path, names: Sequence[str], now: datetime) -> tuple[Path, Path]:
    """Return certificate and key (PEM files) for `names`, made anew if need be.

    The pair is kept while it covers all `names` and has a month left, so that a browser asks its user only once.

    Args:
        folder: Where the pair is kept; the key can be read by the owner alone.
        names: Host names and IP addresses; a name that no certificate can hold is left out.
        now: The present moment.
    """
    names = [written for name in names if (written := _ascii(name))]
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not _still_good(certificate, key, names, now):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(certificate, key, names, now)
    return certificate, key


def checked(certificate: Path, key: Path) -> tuple[Path, Path]:
    """Return the pair of files when a server can use it.

    Raises:
        BadInput: A file is missing, is no PEM file, or the key does not belong to the certificate.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise BadInput(
            _("The certificate {certificate} and key {key} cannot be used: {reason}").format(
                certificate=certificate, key=key, reason=reason
            ),
            _("Give a PEM certificate and its key without password, or use --tls-self-signed."),
        ) from error
    return certificate, key


def _still_good(certificate: Path, key: Path, names: Sequence[str], now: datetime) -> bool:
    try:
        checked(certificate, key)
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        covered = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (BadInput, ValueError, x509.ExtensionNotFound):
        return False
    return found.not_valid_after_utc - now > RENEW and {_general(name) for name in names} <= set(covered)


def _make(certificate: Path, key: Path, names: Sequence[str], now: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "trainer")])
    signs = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(signs, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(private, hashes.SHA256())
    )
    key.unlink(missing_ok=True)
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _ascii(name: str) -> str:
    """Return a host name as certificates write it (`xn--…` where it is not ASCII), "" where that cannot be."""
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
