import pytest
from tests.factories import article_content, published_article, writer_and_reviewer

from civicloop.apps.knowledge.actions.writing import newest_version, rewrite_article
from civicloop.apps.knowledge.differences import Piece, differences


@pytest.mark.django_db
def test_only_the_sentence_that_changed_is_marked(now):
    article = published_article(answer="先测温。再退费。")
    writer, _ = writer_and_reviewer()
    before = newest_version(article)
    content = article_content(unit=article.unit, answer="先测温。后退费。")

    after = rewrite_article(article=article, content=content, base=before, author=writer, now=now)

    [difference] = differences(before, after)
    assert difference.pieces == [
        Piece("same", "先测温。"),
        Piece("out", "再退费。"),
        Piece("in", "后退费。"),
    ]
