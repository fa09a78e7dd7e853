from django.apps import AppConfig


class InstallationConfig(AppConfig):
    """The commands that need the whole product: demo, serve, doctor."""

    name = "civicloop.config"
    label = "installation"
