"""Requests made from the OpenAPI document, and whether every answer is one that it describes."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from warnings import catch_warnings, simplefilter

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What a program of a Chinese city sends, and what nobody thought of.
WORDS = [
    "路灯不亮", "𠮷𡈽𪚥𬺓", "㐂䶮", "\ue000\uf8ff", "👨‍👩‍👧‍👦🏳️‍🌈", "\u202eعربي\u202c", "İstanbul", "ﬁ", "①②㊣㋿",
    "１３８００１３８０００", "　", "\x00", "\x1b[31m", "\u2028\u2029", "\ufeff\ufffe\uffff", "e\u0301" * 50,
    "字" * 4_000, "字" * 4_001, "'; DROP TABLE intake_appeal; --", "{{7*7}}%s%n", "../../etc/passwd", "-0", "1e999",
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "]]>", "𝟙𝟚", "٣", "nan", "9" * 400,
]  # fmt: skip


@cache
def operations() -> Sequence[APIOperation]:
    """Every operation that the document describes, against the pages themselves."""
    with catch_warnings():
        simplefilter("ignore")  # of the tool's own libraries
        schema = schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())
        return [result.ok() for result in schema.get_all_operations()]


def send_examples(operation: APIOperation, *, key: str, examples: int) -> int:
    """Send so many generated requests of an operation, good and bad; gives their number.

    Raises:
        FailureGroup: an answer is none that the document describes.
    """
    sent = 0
    for mode in GenerationMode:

        @settings(
            max_examples=examples,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
            deadline=None,
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send_one(case: Case) -> None:
            nonlocal sent
            send_case(case, key=key)
            sent += 1

        send_one()
    return sent


def send_words(operation: APIOperation, *, key: str, everywhere: bool = False) -> int:
    """Send each of the words in one place of an operation after another, or in all; gives their number."""
    places, sent = list(_places(operation)), 0
    for number, words in enumerate(WORDS if places else ()):
        for put in places if everywhere else [places[number % len(places)]]:
            case = _plain_case(operation)
            put(case, words)
            send_case(case, key=key)
            sent += 1
    return sent


def send_case(case: Case, *, key: str) -> None:
    case.headers["Authorization"] = f"Bearer {key}"
    if isinstance(case.body, dict) and "api_key" in case.body:
        case.body["api_key"] = key
    case.validate_response(case.call(), checks=CHECKS)


def _plain_case(operation: APIOperation) -> Case:
    """The least that an operation takes."""
    is_form = any(body.media_type.endswith("urlencoded") for body in operation.body)
    form = {
        "api_key": "",
        "service_code": "other",
        "description": "路灯不亮",
        "address_string": "云溪路",
    }
    body = (form if is_form else {"text": "路灯不亮"}) if operation.body else None
    more = {"body": body, "media_type": operation.body[0].media_type} if body else {}
    return operation.Case(
        path_parameters={
            one.name: "json" if one.name == "notation" else "x" for one in operation.path_parameters
        },
        query={},
        headers={},
        **more,
    )


def _places(operation: APIOperation) -> Iterator[Callable[[Case, str], None]]:
    for one in operation.query:
        yield lambda case, words, name=one.name: case.query.update({name: words})
    for one in operation.path_parameters:
        if one.name != "notation":
            yield lambda case, words, name=one.name: case.path_parameters.update({name: words})
    for body in operation.body:
        for name in body.definition["schema"].get("properties", {}):
            yield lambda case, words, name=name: case.body.update({name: words})
