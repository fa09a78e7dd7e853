import time
import tomllib
from collections.abc import Callable
from datetime import date
from importlib.resources import files

import pytest

from civicloop.engines.text.replies import ReplyReading, read_reply
from civicloop.engines.text.replies.answers import Degree
from civicloop.engines.text.replies.clauses import MOST_CHARACTERS, ClauseKind, read_clauses
from civicloop.engines.text.replies.facts import Tense
from civicloop.engines.text.replies.promises import PromiseState, promise_state
from civicloop.engines.text.replies.scorer import ReplyScorer

MESSAGE = "青禾苑楼下的烧烤店油烟扰民，请问什么时候安装油烟净化设备？另外请求修复小区东门的路灯。"
FULL = (
    "您好！您反映的青禾苑烧烤店油烟扰民问题已收悉，现答复如下：3月2日，云溪区城市管理局到现场核查，"
    "已责令烧烤店整改，油烟净化设备将于2023年4月15日前安装到位。东门路灯已由街道修复。"
    "依据《中华人民共和国大气污染防治法》第八十一条，居民楼内禁止新建产生油烟的餐饮项目。咨询电话：0571-12345678。感谢您的关注！"
)
Read = Callable[..., ReplyReading]


@pytest.fixture(scope="module")
def read() -> Read:
    preset = files("civicloop").joinpath("presets/reply_scorer.toml").read_text(encoding="utf-8")
    scorer = ReplyScorer.from_data(tomllib.loads(preset))

    def reading(
        reply: str, message: str = MESSAGE, subject: str = "青禾苑油烟扰民"
    ) -> ReplyReading:
        return read_reply(
            message=message,
            subject=subject,
            reply=reply,
            replied_on=date(2023, 3, 6),
            scorer=scorer,
        )

    return reading


def test_a_full_reply_is_substantive_and_answers_each_request(read: Read) -> None:
    reading = read(FULL)

    assert not reading.is_empty
    assert reading.probability > 0.9
    assert [answer.degree for answer in reading.answers] == [Degree.ANSWERED, Degree.ANSWERED]
    assert "净化设备" in reading.answers[0].words
    assert "路灯" in reading.answers[1].words


def test_spans_stand_for_the_words_they_name(read: Read) -> None:
    reading = read(FULL)

    for answer in reading.answers:
        assert FULL[answer.start : answer.end].strip() == answer.words
        assert MESSAGE[answer.request.start : answer.request.end].strip() == answer.request.words
    for part in (*reading.measures, *reading.days, *reading.contacts, *reading.promises):
        assert FULL[part.start : part.end].strip() == part.words
    for unit in reading.units:
        assert FULL[unit.start : unit.end] == unit.name


def test_what_a_reply_names_is_found(read: Read) -> None:
    reading = read(FULL)

    assert ("责令", Tense.DONE) in {(one.verb, one.tense) for one in reading.measures}
    assert [(one.title, one.article) for one in reading.basis] == [
        ("中华人民共和国大气污染防治法", "第八十一条")
    ]
    assert [one.words for one in reading.contacts] == ["0571-12345678"]
    assert [unit.name for unit in reading.units] == ["云溪区城市管理局", "街道"][:1]
    assert date(2023, 3, 2) in {one.day for one in reading.days}


def test_a_request_that_the_reply_passes_over_is_named(read: Read) -> None:
    reading = read(FULL.replace("东门路灯已由街道修复。", ""))

    assert [answer.degree for answer in reading.answers] == [Degree.ANSWERED, Degree.NONE]
    assert reading.open_requests == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("您好，您反映的问题已转相关部门处理。", ClauseKind.TRANSFER),
        ("网友您好！此事请咨询当地民政部门，感谢您的来信。", ClauseKind.REFERRAL),
        ("您反映的问题已收悉，有关情况将及时反馈，请耐心等待。", ClauseKind.DEFERRAL),
        ("该问题不属于我单位职责范围，感谢您的留言。", ClauseKind.NOT_OURS),
        ("因您未提供联系方式，请补充具体信息。", ClauseKind.NO_DETAILS),
    ],
)
def test_passing_on_and_putting_off_is_empty(read: Read, reply: str, kind: ClauseKind) -> None:
    reading = read(reply)

    assert reading.is_empty
    assert kind in {clause.kind for clause in reading.empty_phrases}


def test_long_courtesy_stays_empty(read: Read) -> None:
    courtesy = (
        "您好！您反映的青禾苑油烟扰民问题我单位高度重视，感谢您的关心与支持，祝您生活愉快！" * 4
    )

    assert read(courtesy).is_empty


def test_a_short_reply_that_names_a_measure_is_not_empty(read: Read) -> None:
    assert not read("已责令烧烤店整改。").is_empty


def test_the_citizens_own_words_are_no_answer(read: Read) -> None:
    reading = read(f"您反映“{MESSAGE}”，感谢您的来信。")

    assert all(answer.degree is Degree.NONE for answer in reading.answers)
    assert reading.copied_share > 0.3


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("将于4月底前完成修复", date(2023, 4, 30)),
        ("预计2023年10月完工", date(2023, 10, 31)),
        ("计划明年上半年开工建设", date(2024, 6, 30)),
        ("将在15个工作日内处理完毕", date(2023, 3, 27)),
        ("力争年底前投入使用", date(2023, 12, 31)),
        ("承诺三个月内整改到位", date(2023, 6, 6)),
        ("下月将组织施工", date(2023, 4, 30)),
    ],
)
def test_promised_days_are_brought_to_the_calendar(read: Read, words: str, due: date) -> None:
    [promise] = read(f"经核实，{words}。").promises

    assert promise.due_day == due


def test_a_day_before_the_reply_is_no_deadline(read: Read) -> None:
    assert [one.due_day for one in read("2月1日检查后，将加强巡查。").promises] == [None]


def test_conditions_and_what_was_planned_once_are_no_promises(read: Read) -> None:
    assert not read("如查实将依法处理。").promises
    assert not read("原计划已取消，原拟建设的方案停止。").promises


def test_a_promise_is_due_the_day_after_its_day() -> None:
    assert promise_state(date(2023, 4, 30), today=date(2023, 4, 30)) is PromiseState.OPEN
    assert promise_state(date(2023, 4, 30), today=date(2023, 5, 1)) is PromiseState.DUE
    assert promise_state(None, today=date(2023, 5, 1)) is PromiseState.UNDATED


def test_nothing_is_read_into_nothing(read: Read) -> None:
    reading = read("", message="", subject="")

    assert reading.is_empty
    assert not reading.answers
    assert read("2月30日，第条《》？？").days == ()


@pytest.mark.parametrize(
    "piece",
    ["将", "已经由", "《", "第一", "12", "请问", "公司", "反映的", "2023年", "，", "\n ", "🂡"],
)
def test_hostile_texts_are_read_in_time_that_grows_with_their_length(
    read: Read, piece: str
) -> None:
    def seconds(letters: int) -> float:
        text = piece * (letters // len(piece))
        begin = time.process_time()
        read(text, message=text, subject=text[:50])
        return time.process_time() - begin

    seconds(1_000)
    assert seconds(MOST_CHARACTERS) < 2.0


def test_the_number_behind_a_title_belongs_to_it(read: Read) -> None:
    reading = read("根据《城市供水条例》云政发〔2022〕15号，已于今日处理。")

    assert [(one.title, one.number) for one in reading.basis] == [
        ("城市供水条例", "云政发〔2022〕15号")
    ]


def test_a_newspaper_is_no_basis_and_a_number_alone_is_one(read: Read) -> None:
    reading = read("《云溪晚报》对此作过报道。依据云政办发〔2022〕15号，烧烤店应安装净化设备。")

    assert [(one.title, one.number) for one in reading.basis] == [("", "云政办发〔2022〕15号")]


def test_handing_on_is_no_promise_to_act(read: Read) -> None:
    reading = read("您好！我们将把您的问题转交相关部门处理。")

    assert reading.promises == ()


@pytest.mark.parametrize("signature", ["云溪区城市管理局 2023年3月6日", "2023年3月6日"])
def test_a_signature_with_its_day_tells_nothing(signature: str) -> None:
    clauses = read_clauses(f"东门路灯已修复。\n{signature}", frozenset())

    assert [clause.kind for clause in clauses] == [ClauseKind.TOLD, ClauseKind.SIGNED]


@pytest.mark.parametrize(
    ("reply", "is_beside", "may_answer"),
    [
        (
            "您好！感谢您对本市工作的关心。市民广场周末有文艺演出，欢迎前来观看，共度佳节。",
            True,
            False,
        ),
        ("您好！由于管网改造尚未完成，依据《燃气管理条例》第十条，暂不具备条件。", False, True),
    ],
)
def test_a_reply_beside_the_matter_names_no_measure_rule_or_reason(
    read: Read, reply: str, *, is_beside: bool, may_answer: bool
) -> None:
    reading = read(reply)

    assert reading.open_requests == len(reading.answers)
    assert (reading.is_beside, reading.may_answer_otherwise) == (is_beside, may_answer)
