from django.db.models import QuerySet

from civicloop.apps.intake.models import Channel, Topic, TopicTree


def channels() -> QuerySet[Channel]:
    """Every channel, in the order of the preset."""
    return Channel.objects.order_by("id")


def topic_choices() -> list[Topic]:
    """The topics of the tree that was imported last, each below its parent."""
    tree = TopicTree.objects.first()
    if tree is None:
        return []
    return list(Topic.objects.filter(tree=tree).order_by("path"))
