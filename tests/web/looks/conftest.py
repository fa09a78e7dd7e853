from tests.web.citizen.conftest import citizen, report, token

__all__ = ["citizen", "report", "token"]
