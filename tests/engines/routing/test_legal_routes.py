import pytest

from civicloop.engines.routing.legal_routes import LegalRoute, find_legal_route


@pytest.mark.parametrize(
    ("text", "route", "words"),
    [
        ("法院判决后对方不执行", LegalRoute.LITIGATION, "法院判决"),
        ("劳动仲裁委已受理", LegalRoute.ARBITRATION, "仲裁委"),
        ("对处罚不服，要申请行政复议", LegalRoute.REVIEW, "行政复议"),
        ("已向纪委反映", LegalRoute.DISCIPLINE, "纪委"),
        ("我提交了政府信息公开申请", LegalRoute.DISCLOSURE, "政府信息公开申请"),
        ("信访事项复查意见", LegalRoute.PETITION, "信访事项"),
    ],
)
def test_words_of_a_legal_route_are_found(text: str, route: LegalRoute, words: str) -> None:
    assert find_legal_route(text) == (route, words)


@pytest.mark.parametrize("text", ["法院门口路灯不亮", "自来水停水了", "小区信箱坏了"])
def test_an_ordinary_matter_has_no_legal_route(text: str) -> None:
    assert find_legal_route(text) is None
