"""What an action of this app may refuse, with words for whoever asked."""


class IndicatorRefusedError(Exception):
    """Nothing was written; the message says why and what to do."""
