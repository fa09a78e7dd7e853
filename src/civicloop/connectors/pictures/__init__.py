"""Pictures that people upload: read and written anew in a child process that may die."""

from civicloop.connectors.pictures.rewriting import (
    MOST_BYTES,
    Picture,
    Refusal,
    RefusedPictureError,
    rewrite_picture,
)

__all__ = ["MOST_BYTES", "Picture", "Refusal", "RefusedPictureError", "rewrite_picture"]
