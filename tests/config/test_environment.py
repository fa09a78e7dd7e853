import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from civicloop.config.environment import read_environment
from civicloop.config.unsafe import UnsafeEnvironmentError


@pytest.fixture
def bare(monkeypatch, tmp_path):
    for name in (
        "SECRET_KEY",
        "DEMO",
        "HOSTS",
        "HTTPS",
        "DEBUG",
        "LANGUAGE",
        "MODEL_URL",
        "MODEL_NAME",
    ):
        monkeypatch.delenv(f"CIVICLOOP_{name}", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("CIVICLOOP_DATA", str(tmp_path / "data"))
    return monkeypatch


def test_each_installation_makes_its_own_secret_and_keeps_it(bare, tmp_path):
    secret = read_environment().secret_key

    file = tmp_path / "data" / "secret_key"
    assert len(secret) > 50
    assert read_environment().secret_key == secret == file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_short_secret_is_refused_in_words(bare):
    bare.setenv("CIVICLOOP_SECRET_KEY", "insecure")

    with pytest.raises(UnsafeEnvironmentError, match="too short"):
        read_environment()


def test_nothing_said_means_this_machine_only_and_chinese(bare):
    environment = read_environment()

    assert environment.allowed_hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert environment.language == "zh-hans"
    assert not environment.is_demo
    assert not environment.is_debug


def test_hosts_may_be_parted_by_commas_or_spaces(bare):
    bare.setenv("CIVICLOOP_HOSTS", "a.example.org, b.example.org")

    assert read_environment().allowed_hosts == ["a.example.org", "b.example.org"]


def test_processes_that_start_together_share_one_secret(bare):
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: read_environment().secret_key, range(32)))

    assert len(secrets) == 1
    assert len(secrets.pop()) > 50


def test_a_model_is_named_whole_or_not_at_all(bare):
    assert read_environment().model_endpoint is None
    bare.setenv("CIVICLOOP_MODEL_URL", "https://model.example/v1/")
    with pytest.raises(UnsafeEnvironmentError, match="name"):
        read_environment()
    bare.setenv("CIVICLOOP_MODEL_NAME", "bge-m3")

    endpoint = read_environment().model_endpoint

    assert endpoint is not None
    assert (endpoint.address.hostname, endpoint.address.path) == ("model.example", "/v1")


def test_a_share_is_at_most_all(bare):
    assert read_environment().called_back_percent == 100
    bare.setenv("CIVICLOOP_CALLED_BACK_PERCENT", "30")
    bare.setenv("CIVICLOOP_REVIEWED_PERCENT", "101")

    with pytest.raises(UnsafeEnvironmentError, match="REVIEWED_PERCENT must be from 0 to 100"):
        read_environment()
