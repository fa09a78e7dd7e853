"""The refusal of an environment that would do harm."""


class UnsafeEnvironmentError(RuntimeError):
    """The environment would make the site unsafe; the message says how to mend it."""
