"""Numbers are read aloud as people read them."""

import pytest

from sandbox_hrms.core.spoken import chinese, english, spoken


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("In 2026 we grew 25%.", "In twenty twenty-six we grew twenty-five percent."),
        (
            "From 1905, 2000 or 2005 on",
            "From nineteen oh five, two thousand or two thousand five on",
        ),
        ("It costs $1,200.50, or ¥8,000.", "It costs one thousand two hundred point five zero dollars, or "),
        ("1 of 3-5 people", "one of three to five people"),
        ("Call 0031, ask for room A4, the 1st.", "Call zero zero three one, ask for room A4, the 1st."),
        ("A rise of 12.5% on $1", "A rise of twelve point five percent on one dollar"),
        (
            "On 2026-11-27, or 2005/3/9",
            "On November twenty-seven, twenty twenty-six, or March nine, two thousand five",
        ),
        (
            "Since 2026-11, in 2020-2025",
            "Since November twenty twenty-six, in twenty twenty to twenty twenty-five",
        ),
        ("At 14:30, 9:05 am or 14:00", "At fourteen thirty, nine oh five am or fourteen hundred"),
        ("9:00 sharp, 9:00 AM, 9:00-10:15", "nine o'clock sharp, nine AM, nine o'clock to ten fifteen"),
        (
            "Call 010-8888 or 1-800-55",
            "Call zero one zero, eight eight eight eight or one, eight zero zero, five five",
        ),
        ("$3 million, $3-5 million, $1", "three million dollars, three to five million dollars, one dollar"),
        ("3-5%, A4-5, a 2-year plan", "three to five percent, A4-five, a two-year plan"),
        ("14:30:15 and 2026-13-45", "fourteen:thirty:fifteen and two zero two six, one three, four five"),
        ("No numbers at all", "No numbers at all"),
    ],
)
def test_english(shown: str, said: str) -> None:
    assert spoken(shown, "en").startswith(said)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("2026年增长25%", "二零二六年增长百分之二十五"),
        ("到¥8,000，或8000元", "到八千元，或八千元"),
        ("3-5个人，2个职位，第3位", "三到五个人，两个职位，第三位"),
        ("税率12.5％，$3.5", "税率百分之十二点五，三点五美元"),
        ("房间S1，共0项", "房间S1，共零项"),
        ("2026-11-27，2026/3/9，2026-11", "二零二六年十一月二十七日，二零二六年三月九日，二零二六年十一月"),
        ("14:30，2:00，9:05到场，9:00-10:15", "十四点三十分，两点整，九点零五分到场，九点整到十点十五分"),
        ("电话010-8888，138-1234-5678", "电话零一零，八八八八，一三八，一二三四，五六七八"),
        ("$300万，¥8,000-10,000，第3-5页", "三百万美元，八千到一万元，第三到五页"),
        ("没有数字", "没有数字"),
    ],
)
def test_chinese(shown: str, said: str) -> None:
    assert spoken(shown, "zh_CN") == said


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        ("0", "零", "zero"),
        ("10", "十", "ten"),
        ("110", "一百一十", "one hundred ten"),
        ("1010", "一千零一十", "one thousand ten"),
        ("10,500", "一万零五百", "ten thousand five hundred"),
        ("12000", "一万二千", "twelve thousand"),
        ("100,010,000", "一亿零一万", "one hundred million ten thousand"),
        ("1,000,000,007", "十亿零七", "one billion seven"),
        ("0.05", "零点零五", "zero point zero five"),
        (
            "1234567890123",
            "一二三四五六七八九零一二三",
            "one two three four five six seven eight nine zero one two three",
        ),
    ],
)
def test_numbers(number: str, zh: str, en: str) -> None:
    assert (chinese(number), english(number)) == (zh, en)
