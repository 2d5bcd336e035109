"""The certificate that the trainer makes for itself."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from trainer.adapters.tls import RENEW, VALID, checked, self_signed
from trainer.core.errors import BadInput

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = ["localhost", "127.0.0.1", "::1", "my-laptop"]


def names_in(certificate: Path) -> set[str]:
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def test_it_names_every_host_and_a_server_can_use_it(tmp_path: Path) -> None:
    pair = self_signed(tmp_path / "tls", NAMES, NOW)
    assert names_in(pair[0]) == set(NAMES)
    assert checked(*pair) == pair


def test_a_computer_may_be_called_in_chinese(tmp_path: Path) -> None:
    pair = self_signed(tmp_path, [*NAMES, "李雷的电脑", "x" * 64], NOW)
    assert names_in(pair[0]) == {*NAMES, "xn--7qv822ay2az6x1u0a"}
    before = pair[0].read_bytes()
    assert self_signed(tmp_path, [*NAMES, "李雷的电脑", "x" * 64], NOW)[0].read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")
def test_only_the_owner_reads_the_key(tmp_path: Path) -> None:
    _, key = self_signed(tmp_path / "tls", NAMES, NOW)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_it_is_kept_while_it_is_good(tmp_path: Path) -> None:
    before = self_signed(tmp_path, NAMES, NOW)[0].read_bytes()
    later = NOW + VALID - RENEW - timedelta(days=1)
    assert self_signed(tmp_path, NAMES[:2], later)[0].read_bytes() == before


@pytest.mark.parametrize(
    ("names", "now"),
    [(NAMES, NOW + VALID - RENEW), ([*NAMES, "192.168.1.7"], NOW)],
    ids=["nearly expired", "new address"],
)
def test_it_is_made_anew(tmp_path: Path, names: list[str], now: datetime) -> None:
    before = self_signed(tmp_path, NAMES, NOW)[0].read_bytes()
    certificate, key = self_signed(tmp_path, names, now)
    assert certificate.read_bytes() != before
    assert names_in(certificate) == set(names)
    checked(certificate, key)


def test_a_key_that_does_not_belong_to_it_is_replaced(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path / "one", NAMES, NOW)
    key.write_bytes(self_signed(tmp_path / "two", NAMES, NOW)[1].read_bytes())
    self_signed(tmp_path / "one", NAMES, NOW)
    checked(certificate, key)


def test_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("nonsense")
    for certificate in ("cert.pem", "missing.pem"):
        with pytest.raises(BadInput, match=f"{certificate} and key .* cannot be used") as refused:
            checked(tmp_path / certificate, tmp_path / "cert.pem")
        assert "--tls-self-signed" in refused.value.hint
