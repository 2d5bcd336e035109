"""Lists are cut into pages without losing or repeating a row."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox_hrms.core.paging import cut


@given(st.integers(0, 200), st.integers(1, 30))
def test_all_pages_together_are_the_list(total: int, size: int) -> None:
    rows = list(range(total))
    pages = [cut(total, number, size) for number in range(1, cut(total, 1, size).pages + 1)]
    assert [row for one in pages for row in rows[one.rows]] == rows
    assert all(rows[one.rows][:1] in ([one.start], []) for one in pages)


@given(st.integers(0, 200), st.integers(-5, 300), st.integers(1, 30))
def test_a_page_beyond_the_end_is_the_nearest_one(total: int, wanted: int, size: int) -> None:
    found = cut(total, wanted, size)
    assert 1 <= found.page <= found.pages
    assert found.page == wanted or not 1 <= wanted <= found.pages
