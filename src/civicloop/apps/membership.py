"""Ask for many values at once with one parameter."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection


def among(values: Sequence[int] | Sequence[str]) -> tuple[str, Any]:
    """SQL that says "is one of these", to follow a column, and its one parameter."""
    if connection.vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))", json.dumps(values)
    return "= ANY(%s)", list(values)
