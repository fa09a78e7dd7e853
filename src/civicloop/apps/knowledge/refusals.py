"""Why a change to the knowledge base is not made, in words for the one who asked for it."""


class ArticleRefusedError(ValueError):
    """The change would break a rule of the knowledge base; nothing was changed."""
