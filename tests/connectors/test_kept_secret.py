"""A secret of the installation is made once, and whoever read it notices that it changed."""

import os

from civicloop.connectors.kept_secret import kept_secret, secret_changed_at


def test_a_secret_is_made_where_there_is_none_and_stays(tmp_path):
    file = tmp_path / "keys" / "own_key"

    first = secret_changed_at(file)
    secret = kept_secret(file)

    assert len(secret) > 50
    assert file.stat().st_mode & 0o777 == 0o600
    assert (secret_changed_at(file), kept_secret(file)) == (first, secret)


def test_a_secret_that_was_replaced_has_another_time(tmp_path):
    file = tmp_path / "own_key"
    first = secret_changed_at(file)

    file.write_text("renewed by a vault")
    os.utime(file, ns=(first + 1, first + 1))

    assert secret_changed_at(file) == first + 1
