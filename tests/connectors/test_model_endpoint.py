from collections.abc import Iterator

import pytest

from civicloop.connectors import model_endpoint
from civicloop.connectors.model_endpoint import (
    TEXT_CHARACTERS,
    TEXTS_AT_ONCE,
    ModelEndpoint,
    ModelEndpointError,
    model_endpoint_of,
)
from tests.connectors.model_server import FakeModel, embedding_of, fake_model


@pytest.fixture
def fake() -> Iterator[FakeModel]:
    with fake_model() as server:
        yield server


def endpoint(fake: FakeModel, key: str = "") -> ModelEndpoint:
    return model_endpoint_of(fake.url, name="bge-small-zh", key=key)


def test_each_text_gets_its_vector_whatever_the_order_of_the_answer(fake: FakeModel) -> None:
    texts = [f"第{number}条诉求" for number in range(TEXTS_AT_ONCE + 1)]

    vectors = endpoint(fake, key="s3cret").embed(texts)

    assert vectors == [tuple(embedding_of(text)) for text in texts]
    assert fake.calls == [("/v1/embeddings", "bge-small-zh", "Bearer s3cret")] * 2


def test_no_personal_number_leaves_and_no_more_text_than_needed(fake: FakeModel) -> None:
    text = "请回电13812345678，身份证11010519491231002X。" + "长" * 5_000

    endpoint(fake).embed([text])

    [sent] = fake.inputs
    assert "13812345678" not in sent
    assert "11010519491231002X" not in sent
    assert sent.startswith("请回电〖手机号〗，")
    assert len(sent) == TEXT_CHARACTERS
    assert fake.calls[0][2] == ""


def test_the_key_is_shown_nowhere(fake: FakeModel) -> None:
    assert "s3cret" not in repr(endpoint(fake, key="s3cret"))


def test_no_text_asks_nothing(fake: FakeModel) -> None:
    assert endpoint(fake).embed([]) == []
    assert fake.calls == []


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b"{}"),
        (401, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"data": []}'),
        (200, b'{"data": [{"index": 0, "embedding": []}]}'),
        (200, b'{"data": [{"index": 0, "embedding": ["x"]}]}'),
        (200, b'{"data": [{"index": 0, "embedding": [NaN]}]}'),
    ],
)
def test_what_is_no_answer_is_an_error(fake: FakeModel, status: int, answer: bytes) -> None:
    fake.status, fake.answer = status, answer

    with pytest.raises(ModelEndpointError):
        endpoint(fake).embed(["路灯不亮"])


def test_vectors_of_two_lengths_are_no_answer(fake: FakeModel) -> None:
    fake.answer = b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}]}'

    with pytest.raises(ModelEndpointError):
        endpoint(fake).embed(["路灯不亮", "井盖丢失"])


def test_texts_follow_no_redirect(fake: FakeModel) -> None:
    with fake_model() as other:
        fake.status, fake.location = 307, f"{other.url}/embeddings"

        with pytest.raises(ModelEndpointError):
            endpoint(fake).embed(["路灯不亮"])

        assert other.inputs == []


def test_silence_and_a_closed_door_end_in_an_error(
    fake: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_endpoint, "TIMEOUT_SECONDS", 0.2)
    fake.silent_seconds = 0.6
    closed = model_endpoint_of("http://127.0.0.1:1/v1", name="x", key="")

    for model in (endpoint(fake), closed):
        with pytest.raises(ModelEndpointError):
            model.embed(["路灯不亮"])


def test_a_server_that_does_not_speak_tls_is_not_trusted(fake: FakeModel) -> None:
    model = model_endpoint_of(fake.url.replace("http:", "https:"), name="x", key="")

    with pytest.raises(ModelEndpointError):
        model.embed(["路灯不亮"])


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("ftp://model/v1", "x"),
        ("model:8000/v1", "x"),
        ("https:///v1", "x"),
        ("https://user:key@model/v1", "x"),
        ("https://model/v1?key=1", "x"),
        ("https://model/v1", ""),
    ],
)
def test_what_is_no_address_of_a_model_is_refused(url: str, name: str) -> None:
    with pytest.raises(ValueError, match="the"):
        model_endpoint_of(url, name=name, key="")
