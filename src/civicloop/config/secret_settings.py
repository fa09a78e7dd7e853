"""Settings that are secrets: said in the environment, or in a file that a vault of secrets mounts."""

import os
from pathlib import Path

from civicloop.config.unsafe import UnsafeEnvironmentError

MOST_BYTES = 65_536  # of a file: an address or a key


def secret_setting(name: str, default: str = "") -> str:
    """What the variable says, or the file that ``NAME_FILE`` names, without the line's end.

    A file is how Docker, Kubernetes and the agents of vaults hand a secret over: who lists the
    variables of a process, or writes them into a report of a crash, does not see it.

    Raises:
        UnsafeEnvironmentError: both are said, or the file cannot be read, is empty or is not text.
    """
    said, file = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if not file:
        return said or default
    if said:
        raise UnsafeEnvironmentError(f"{name} and {name}_FILE are both set: leave one out.")
    try:
        with Path(file).open("rb") as opened:
            text = opened.read(MOST_BYTES + 1).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UnsafeEnvironmentError(f"{name}_FILE: {file} cannot be read ({why}).") from None
    if not text or len(text) > MOST_BYTES:
        raise UnsafeEnvironmentError(f"{name}_FILE: {file} holds no secret.")
    return text
