"""The OpenAPI 3.1 document, made from the limits that the code checks by."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse, JsonResponse

from civicloop.api import reading
from civicloop.api.following import LONGEST_PAGE, USUAL_PAGE
from civicloop.api.open311.document import OPEN311_PATHS, OPEN311_SCHEMAS
from civicloop.api.problems import MEDIA_TYPE, Problem
from civicloop.api.views import api_view
from civicloop.apps.intake.emergencies import EmergencyLine
from civicloop.apps.intake.models import Kind

Json: TypeAlias = "str | int | bool | Mapping[str, Json] | Sequence[Json]"

KEEPABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
NOT_BLANK = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*[^\s\x00-\x1f\x85][^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
OPEN_ID: Json = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
MOMENT: Json = {"type": "string", "format": "date-time"}
PAGE: Json = {"type": "integer", "minimum": 1, "maximum": LONGEST_PAGE, "default": USUAL_PAGE}
IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of an earlier answer: nothing is sent again that is as it was.",
    "schema": {"type": "string"},
}
ALWAYS = (Problem.NOT_SECURE, Problem.MISSING, Problem.WRONG_METHOD, Problem.BROKEN, Problem.AWAY)
KEYED = (Problem.UNKNOWN_CLIENT, Problem.TOO_MANY)
SENT = (
    Problem.NO_KEY,
    Problem.UNREADABLE,
    Problem.TOO_LARGE,
    Problem.WRONG_MEDIA_TYPE,
    Problem.INVALID,
    Problem.KEY_USED,
)


@api_view({"GET": None})
def openapi(_request: HttpRequest) -> HttpResponse:
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def document() -> Mapping[str, Json]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "civicloop",
            "version": version("civicloop"),
            "description": "Appeals from programs of channels, and Open311 GeoReport v2.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {**_paths(), **OPEN311_PATHS},
        "components": {
            "schemas": {**_schemas(), **OPEN311_SCHEMAS},
            "responses": {problem.code: _response(problem) for problem in Problem},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths() -> Mapping[str, Json]:
    receipt: Json = {
        "description": "The receipt, after the commit. The same for each try under the same key.",
        "headers": {"Location": {"schema": {"type": "string"}}},
        **_content("Receipt"),
        "links": {
            "follow": {"operationId": "followAppeal", "parameters": {"open_id": "$response.body#/id"}}
        },
    }  # fmt: skip
    return {
        "/api/openapi.json": {
            "get": {
                "operationId": "document",
                "summary": "This document",
                "responses": {"200": {"description": "OpenAPI 3.1", **_content("Document")}},
            }
        },
        "/api/v1/appeals": {
            "get": {
                "operationId": "listAppeals",
                "summary": "Where the appeals stand that the program sent, the newest first",
                "security": [{"key": []}],
                "parameters": [
                    {
                        "name": "cursor",
                        "in": "query",
                        "schema": OPEN_ID,
                        "description": "The id of the last one seen; `next` has it.",
                    },
                    {"name": "limit", "in": "query", "schema": PAGE},
                    IF_NONE_MATCH,
                ],
                "responses": {**_told_if_changed("Page"), **_refused(*KEYED, Problem.INVALID)},
            },
            "post": {
                "operationId": "sendAppeal",
                "summary": "Send an appeal, once however often it is sent",
                "security": [{"key": []}],
                "parameters": [_idempotency_key(is_required=True)],
                "requestBody": {"required": True, **_content("Appeal")},
                "responses": {"201": receipt, **_refused(*KEYED, *SENT)},
            },
        },
        "/api/v1/appeals/{open_id}": {
            "get": {
                "operationId": "followAppeal",
                "summary": "Where an appeal stands that the program sent",
                "security": [{"key": []}],
                "parameters": [
                    {"name": "open_id", "in": "path", "required": True, "schema": OPEN_ID},
                    IF_NONE_MATCH,
                ],
                "responses": {**_told_if_changed("Standing"), **_refused(*KEYED)},
            }
        },
    }


def _content(name: str) -> Mapping[str, Json]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _told_if_changed(name: str) -> Mapping[str, Json]:
    headers: Json = {"ETag": {"schema": {"type": "string"}}}
    return {
        "200": {"description": "As citizens may know it.", "headers": headers, **_content(name)},
        "304": {"description": "As it was; without a body.", "headers": headers},
    }


def _idempotency_key(*, is_required: bool) -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": is_required,
        "description": "One for each appeal; all its tries share it. Kept for 30 days.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    }


def _refused(*problems: Problem) -> Mapping[str, Json]:
    """Responses by status; where a status has several problems, the first names them all."""
    by_status: dict[str, Json] = {}
    for problem in (*problems, *ALWAYS):
        response: Json = {"$ref": f"#/components/responses/{problem.code}"}
        by_status.setdefault(str(problem.status), response)
    return by_status


def _response(problem: Problem) -> Json:
    shape: Json = {"schema": {"$ref": "#/components/schemas/Problem"}}
    has_wait = problem in {Problem.AWAY, Problem.TOO_MANY}
    headers: Json = {"Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}}}
    described: dict[str, Json] = {
        "description": str(problem.words),
        "content": {MEDIA_TYPE: shape},
    }
    return described | ({"headers": headers} if has_wait else {})


def _schemas() -> Mapping[str, Json]:
    text, contact = reading.LONGEST, reading.LONGEST_OF_CONTACT
    return {
        "Document": _object({"openapi": {"const": "3.1.0"}}, required=["openapi"], is_closed=False),
        "Appeal": _object(
            {
                "text": {"type": "string", "maxLength": reading.MOST_CHARACTERS, "pattern": NOT_BLANK},
                "kind": {"enum": [kind.value for kind in Kind]},
                "area": _string(text["area"], "Code of an area of the city."),
                "topic": _string(text["topic"], "Code of a topic of the city."),
                "address": _string(text["address"]),
                "occurred": _string(text["occurred"], "When it happened, in words."),
                "is_confidential": {"type": "boolean"},
                "contact": _object({name: _string(most) for name, most in contact.items()}),
            },
            required=["text"],
        ),
        "Receipt": _object(
            {
                "id": OPEN_ID,
                "number": {"type": "string"},
                "code": {"type": "string", "description": "For the citizen's eyes alone."},
                "received_at": MOMENT,
                "emergency_lines": _list({"enum": [line.value for line in EmergencyLine]}),
            },
            required=["id", "number", "code", "received_at", "emergency_lines"],
        ),
        "Standing": _object(
            {
                "id": OPEN_ID,
                "number": {"type": "string"},
                "status": {"enum": ["open", "closed"]},
                "received_at": MOMENT,
                "due_at": {"type": ["string", "null"], "format": "date-time"},
                "answers": _list(
                    _object({"at": MOMENT, "text": {"type": "string"}}, required=["at", "text"])
                ),
            },
            required=["id", "number", "status", "received_at", "due_at", "answers"],
        ),
        "Page": _object(
            {
                "appeals": _list({"$ref": "#/components/schemas/Standing"}),
                "next": {"type": ["string", "null"], "format": "uri-reference"},
            },
            required=["appeals", "next"],
        ),
        "Problem": _object(
            {
                "type": {"type": "string", "format": "uri-reference"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "errors": _list(
                    _object(
                        {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                        required=["pointer", "detail"],
                    )
                ),
            },
            required=["type", "title", "status", "detail"],
        ),
    }  # fmt: skip


def _object(
    properties: Mapping[str, Json], *, required: Sequence[str] = (), is_closed: bool = True
) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": not is_closed,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _string(most: int, description: str = "") -> Json:
    said: dict[str, Json] = {"type": "string", "maxLength": most, "pattern": KEEPABLE}
    return said | {"description": description} if description else said
