from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from civicloop.apps.intake.models import Topic, TopicTree


class TopicForm(forms.Form):
    """A topic of the newest tree for one appeal."""

    topic = forms.ModelChoiceField(
        Topic.objects.none(), label=_("Another topic"), empty_label=_("Choose…")
    )

    def __init__(self, answers: QueryDict | None = None) -> None:
        super().__init__(answers)
        topics = Topic.objects.filter(tree=TopicTree.objects.first()).order_by("path")
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
