from tests.apps.conftest import start_process

__all__ = ["start_process"]
