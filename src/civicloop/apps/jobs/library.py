"""The only module that names the task library.

Its `compat` takes Django's own `django.tasks` where there is one (Django 6) and the back-port else.
"""

from django_tasks_db.compat import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult as TaskRow

__all__ = ["Task", "TaskResultStatus", "TaskRow"]
