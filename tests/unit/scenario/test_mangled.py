"""However a scenario file is mangled, it gives a Scenario or problems: never a traceback, never nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.adapters.scenario_files import check_files, read_contract

ROOT = Path(__file__).parents[3]
LESSON = (ROOT / "scenarios/normal_exit/normal-exit-web.yaml").read_bytes()[:1600]
CONTRACT = read_contract(ROOT / "scenarios")
SCRAPS = [
    b"{",
    b"}",
    b"[",
    b"]",
    b": ",
    b"- ",
    b"\n",
    b"  ",
    b"'",
    b'"',
    b"${",
    b"&a ",
    b"*a",
    b"!x ",
    b"|\n",
    b"? ",
]
SCRAPS += [b"null", b"[]", b"{}", b"1.5", b"\xff", b"\t", b"---\n", b"# ", b"\x00", b"%YAML 1.1\n", b"`", b"<<: "]
EDIT = st.tuples(st.integers(0, len(LESSON)), st.integers(0, 12), st.sampled_from(SCRAPS))


@settings(derandomize=True, max_examples=150)
@given(st.lists(EDIT, min_size=1, max_size=4))
def test_a_mangled_file_is_reported(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, bytes]]
) -> None:
    content = bytearray(LESSON)
    for place, gone, scrap in edits:
        content[place : place + gone] = scrap
    file = tmp_path_factory.getbasetemp() / "mangled.yaml"
    file.write_bytes(content)
    (checked,) = check_files([file], CONTRACT)
    assert (checked.scenario is None) == bool(checked.problems)
    assert all(str(problem) for problem in checked.problems)
