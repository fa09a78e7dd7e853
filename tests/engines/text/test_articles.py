import math

import pytest

from civicloop.engines.text.articles import ArticleIndex, Entry, entry_of

HEATING = ("水电气暖", "供暖", "温度不达标")
WATER = ("水电气暖", "供水", "停水")


def anybody(_key: int) -> bool:
    return True


def entries() -> list[Entry]:
    texts = {1: "暖气不热", 2: "停水通知", 3: "居住证申领", 4: "公租房条件", 5: "路灯报修"}
    topics = {1: HEATING, 2: WATER}
    return [
        entry_of(key, head=[text], body=["请拨打客服"], topic=topics.get(key, ()))
        for key, text in texts.items()
    ]


def test_article_with_the_words_of_the_question_comes_first():
    found = ArticleIndex(entries()).find("我家暖气一点也不热", accepts=anybody, size=5)

    assert [match.key for match in found] == [1]
    assert found[0].words == ("暖气",)


def test_score_is_bm25_of_the_shared_pairs():
    one = entry_of(1, head=[], body=["甲乙"])
    others = [entry_of(key, head=[], body=[text]) for key, text in enumerate(["丙丁", "戊己"], 2)]

    [match] = ArticleIndex([one, *others]).find("甲乙", accepts=anybody, size=5)

    # one pair of the average length: tf part 1·2.2 / (1 + 1.2); one of three articles holds it
    assert match.score == pytest.approx(math.log(1 + 2.5 / 1.5))


def test_title_counts_more_than_the_answer():
    in_body = entry_of(1, head=["须知"], body=["停水通知"])
    in_head = entry_of(2, head=["停水通知"], body=["须知"])
    others = [entry_of(key, head=["路灯"], body=["报修"]) for key in (3, 4, 5)]

    found = ArticleIndex([in_body, in_head, *others]).find("停水通知", accepts=anybody, size=5)

    assert [match.key for match in found] == [2, 1]


def test_agreement_of_topics_lifts_an_article():
    like = [
        entry_of(1, head=["停水怎么办"], body=[], topic=HEATING),
        entry_of(2, head=["停水怎么办"], body=[], topic=WATER),
    ]
    others = [entry_of(key, head=["路灯"], body=[]) for key in range(3, 9)]

    found = ArticleIndex([*like, *others]).find("停水", accepts=anybody, topic=WATER, size=5)

    assert [(match.key, match.topic_levels) for match in found] == [(2, 3), (1, 1)]
    assert found[0].score / found[1].score == pytest.approx(1.5 / (1 + 0.5 / 3))


def test_empty_question_gives_the_articles_of_the_topic_nearest_first():
    found = ArticleIndex(entries()).find("", accepts=anybody, topic=WATER, size=5)

    assert [(match.key, match.topic_levels, match.words) for match in found] == [
        (2, 3, ()),
        (1, 1, ()),
    ]


def test_pair_that_most_articles_hold_is_no_answer():
    found = ArticleIndex(entries()).find("请拨打客服", accepts=anybody, size=5)

    assert found == []


def test_article_that_may_not_be_named_leaves_its_place_to_the_next():
    like = [entry_of(key, head=["停水通知"], body=[]) for key in (1, 2)]
    others = [entry_of(key, head=["路灯"], body=[]) for key in range(3, 9)]

    found = ArticleIndex([*like, *others]).find("停水", accepts=lambda key: key != 1, size=1)

    assert [match.key for match in found] == [2]


def test_width_case_and_digits_make_no_difference():
    known = [entry_of(1, head=["ETC年检2年"], body=[]), *entries()[1:]]

    found = ArticleIndex(known).find("ｅｔｃ 年检6年", accepts=anybody, size=5)

    assert [match.key for match in found] == [1]


def test_words_a_dictionary_does_not_know_are_named_as_runs():
    known = [entry_of(1, head=["犇骉鱻"], body=[]), *entries()[1:]]

    [match] = ArticleIndex(known).find("问骉鱻", accepts=anybody, size=5)

    assert match.words == ("骉鱻",)


@pytest.mark.parametrize("question", ["", "，。！", "热", "😀", "x" * 5_000])
def test_question_without_a_pair_finds_nothing(question: str):
    assert ArticleIndex(entries()).find(question, accepts=anybody, size=5) == []


def test_index_without_articles_finds_nothing():
    assert ArticleIndex([]).find("停水", accepts=anybody, size=5) == []


def test_article_far_behind_the_best_is_left_out():
    best = entry_of(1, head=["暖气不热找谁投诉"], body=[])
    far = entry_of(2, head=["出租车拒载找谁"], body=["拨打电话说明车牌和时间地点，等待答复"])
    others = [entry_of(key, head=["路灯"], body=[]) for key in range(3, 9)]

    found = ArticleIndex([best, far, *others]).find("暖气不热找谁投诉", accepts=anybody, size=5)

    assert [match.key for match in found] == [1]


def test_a_topic_alone_gives_its_articles_where_there_are_fewer_than_asked_for():
    waters = [entry_of(key, head=["停水"], body=[], topic=WATER) for key in (1, 2)]

    found = ArticleIndex(waters).find("", accepts=anybody, topic=WATER, size=5)

    assert [match.key for match in found] == [1, 2]


@pytest.mark.parametrize(
    ("question", "found"),
    [("什么时候供暖", [2]), ("请问停水了怎么办", [3]), ("狗咬人了怎么办", [])],
)
def test_how_something_is_asked_does_not_say_what_is_asked(question, found):
    titles = {1: "居民医保什么时候交", 2: "供暖不热投诉", 3: "停水通知查询", 4: "路面积水怎么办"}
    index = ArticleIndex(entry_of(key, head=[title], body=[]) for key, title in titles.items())

    assert [m.key for m in index.find(question, accepts=lambda _: True, size=3)] == found


def test_a_question_of_asking_alone_is_still_looked_up():
    titles = {1: "遇到诈骗怎么办", 2: "公租房条件", 3: "路灯报修", 4: "居住证申领"}
    index = ArticleIndex(entry_of(key, head=[title], body=[]) for key, title in titles.items())

    assert [m.key for m in index.find("怎么办", accepts=lambda _: True, size=3)] == [1]
