"""What the OpenAPI document says of Open311: each address ends in .xml or .json, and both say the same."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "str | int | bool | Mapping[str, Json] | Sequence[Json]"

WORD: Json = {"type": "string"}
SERVICE = ("service_code", "service_name", "description", "type", "keywords", "group")
REQUEST = (
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime",
    "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
)  # fmt: skip
POSTED = ("service_request_id", "service_notice", "account_id")
ASKED = (
    "service_request_id",
    "service_code",
    "start_date",
    "end_date",
    "status",
    "page",
    "page_size",
)
SENT = (
    "api_key", "service_code", "description", "address_string", "address_id", "lat", "long",
    "first_name", "last_name", "phone", "email", "device_id", "account_id", "media_url",
    "jurisdiction_id", "attribute[OCCURRED]", "attribute[CONFIDENTIAL]",
)  # fmt: skip
STATUSES = {
    "200": "As it was asked for.", "201": "The receipt.", "400": "Something cannot be taken.",
    "403": "No key that may do this.", "404": "Not there.", "413": "Too much.",
    "415": "Not a form.", "429": "Too many.", "503": "The database is away.",
}  # fmt: skip


def _words(names: Sequence[str], **others: Json) -> Json:
    return {
        "type": "object",
        "properties": {**dict.fromkeys(names, WORD), **others},
        "required": [*names, *others],
        "additionalProperties": False,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


OPEN311_SCHEMAS: Mapping[str, Json] = {
    "Open311Services": _list(_words(SERVICE, metadata={"type": "boolean"})),
    "Open311Definition": _words(
        ["service_code"],
        attributes=_list(
            _words(
                ["code", "datatype", "datatype_description", "description"],
                variable={"type": "boolean"},
                required={"type": "boolean"},
                order={"type": "integer"},
                values=_list(_words(["key", "name"])),
            )
        ),
    ),
    "Open311Requests": _list(_words(REQUEST)),
    "Open311Posted": _list(_words(POSTED)),
    "Open311Errors": _list(_words(["code", "description"])),
    "Open311Discovery": _words(
        ["changeset", "contact", "key_service"],
        endpoints=_list(_words(["specification", "url", "changeset", "type"], formats=_list(WORD))),
    ),
}


def _response(status: str, schema: str) -> Json:
    shape: Json = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    content = {"application/json": shape, "text/xml": {"schema": WORD}}
    if status == "404":  # it is no address of Open311 at all
        content["application/problem+json"] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": STATUSES[status], "content": content}


def _operation(
    name: str, summary: str, schema: str, refused: Sequence[str], **others: Json
) -> Mapping[str, Json]:
    good = "201" if schema == "Open311Posted" else "200"
    errors = {
        status: _response(status, "Open311Errors") for status in ["403", "404", *refused, "503"]
    }
    said = {"operationId": name, "summary": summary, **others}
    return {**said, "responses": {good: _response(good, schema), **errors}}


def _in_path(name: str, **schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **schema}}


NOTATION = _in_path("notation", enum=["xml", "json"])
KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "One for each report; all its tries share it.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
BODY: Json = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "properties": dict.fromkeys(SENT, WORD),
                "required": ["api_key", "service_code", "description"],
            }
        }
    },
}


def _get(path: str, schema: str, summary: str, *refused: str, **others: Json) -> Mapping[str, Json]:
    name = f"open311{schema.removeprefix('Open311')}{'One' if 'open_id' in path else ''}"
    return {"get": _operation(name, summary, schema, refused, **others), "parameters": [
        NOTATION, *(_in_path(part, pattern="^[^/]+$") for part in ("service_code", "open_id") if part in path)
    ]}  # fmt: skip


V2 = "/api/open311/v2"
DEFINITION = f"{V2}/services/{{service_code}}.{{notation}}"
REQUESTS = f"{V2}/requests.{{notation}}"
ONE = f"{V2}/requests/{{open_id}}.{{notation}}"
OPEN311_PATHS: Mapping[str, Json] = {
    "/api/open311/discovery.{notation}": _get("", "Open311Discovery", "Where the services are"),
    f"{V2}/services.{{notation}}": _get("", "Open311Services", "The city's topics"),
    DEFINITION: _get(DEFINITION, "Open311Definition", "What a report may say besides its words"),
    REQUESTS: {
        **_get(
            REQUESTS,
            "Open311Requests",
            "Published cases",
            "400",
            parameters=[{"name": name, "in": "query", "schema": WORD} for name in ASKED],
        ),
        "post": _operation(
            "open311Report",
            "Send a report",
            "Open311Posted",
            ["400", "403", "413", "415", "429"],
            parameters=[KEY],
            requestBody=BODY,
        ),
    },
    ONE: _get(
        ONE,
        "Open311Requests",
        "A published case, or where a report stands that the program sent",
        "403",
        "429",
        security=[{}, {"key": []}],
    ),
}
