import pytest

from civicloop.apps.intake.emergencies import emergency_lines, urgency_of


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("楼道里燃气泄漏，味道很大", ["119"]),
        ("我不想活了", ["110", "120"]),
        ("隔壁正在着火，火苗很高", ["119"]),
        ("路灯三天没亮了", []),
        ("小区去年着过火，消防通道还是堵着", []),
        ("社区什么时候办消防安全演练", []),
    ],
)
def test_danger_at_this_moment_names_its_lines_and_nothing_else_does(text, lines):
    assert emergency_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "urgency"),
    [("燃气泄漏了", "critical"), ("我们要集体上访", "urgent"), ("路灯不亮", "general")],
)
def test_urgency_is_said_in_the_word_of_a_work_order(text, urgency):
    assert urgency_of(text) == urgency
