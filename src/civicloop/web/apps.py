from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "civicloop.web"
    label = "web"

    def ready(self) -> None:
        from civicloop.web.accounts import devices, sessions  # noqa: F401  their receivers listen from now on
        from civicloop.web.accounts.recovery import use_hashed_recovery_codes

        use_hashed_recovery_codes()
