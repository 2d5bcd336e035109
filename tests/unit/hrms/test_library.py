"""Profiles and datasets as data: what fits, and what is told when it does not."""

from pathlib import Path

import pytest
import yaml

from sandbox_hrms.app import library
from sandbox_hrms.core.errors import Broken, NotFound
from sandbox_hrms.core.profiles import Profile

WEB = Path(library.__file__).parent.parent / "profiles" / "web.yaml"


def test_every_profile_and_dataset_that_ships_fits() -> None:
    assert [library.profile(one).id for one in library.profile_ids()] == list(library.profile_ids())
    assert [library.dataset(one).id for one in library.dataset_ids()] == list(library.dataset_ids())


def test_the_interview_has_three_structured_questions_and_a_situation_in_both_languages() -> None:
    source = library.dataset("sales_two_openings")
    for lang in ("en", "zh_CN"):
        kinds = [one.kind for one in source.questions_in(lang)]
        assert kinds == ["structured", "structured", "structured", "situational"]


def test_every_key_point_belongs_to_a_competency_of_the_rubric() -> None:
    source = library.dataset("sales_two_openings")
    codes = {one.code for one in library.rubric(source.rubric).competencies}
    used = {point.competency for question in source.questions for point in question.key_points}
    assert used == codes


def test_unknown_names_are_told_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="There is no profile paper") as caught:
        library.profile("paper")
    assert "web" in caught.value.hint.format(**caught.value.params)
    with pytest.raises(NotFound, match="There is no dataset nobody"):
        library.dataset("nobody")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("version",), "1", "valid integer"),
        (("labels", "end"), None, "valid string"),
        (("policy", "save", "tab_closed"), "maybe", "drop_draft"),
        (("policy", "save", "automatic"), "no", "valid boolean"),
        (("colour",), "red", "Extra inputs"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused(
    tmp_path: Path, path: tuple[str, ...], value: object, told: str
) -> None:
    data = yaml.safe_load(WEB.read_text(encoding="utf-8"))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    file = tmp_path / "web.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(Broken, match=told) as caught:
        library._load(file, Profile)  # noqa: SLF001  # the door through which all data files come
    assert "web.yaml" in str(caught.value)
