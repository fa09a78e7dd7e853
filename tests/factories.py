"""The smallest valid objects; pass what a test is about, or a trait."""

from datetime import UTC, date, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from civicloop.apps.accounts.models import Role, User
from civicloop.apps.dispatch.models import OrderState, OrderStep, WorkOrder
from civicloop.apps.intake.models import (
    Appeal,
    Channel,
    ImportRun,
    Kind,
    OnError,
    Topic,
    TopicTree,
)
from civicloop.apps.knowledge.actions.reviewing import approve_article, submit_article
from civicloop.apps.knowledge.actions.writing import write_article
from civicloop.apps.knowledge.contents import ArticleContent
from civicloop.apps.knowledge.models import Article
from civicloop.apps.places.models import Area, AreaLevel, Unit, UnitLevel

FIRST_MOMENT = datetime(2023, 3, 1, 1, 0, tzinfo=UTC)  # 9 o'clock in Shanghai


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area
        django_get_or_create = ["code"]

    code = "990101000000"
    name = "云溪区"
    level = AreaLevel.COUNTY


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    code = factory.Sequence("U{:03}".format)
    name = factory.Sequence("第{}街道办".format)
    level = UnitLevel.COUNTY
    area = factory.SubFactory(AreaFactory)


class TopicTreeFactory(DjangoModelFactory):
    class Meta:
        model = TopicTree
        django_get_or_create = ["valid_from"]

    name = "类别"
    valid_from = date(2020, 1, 1)


class TopicFactory(DjangoModelFactory):
    """A topic by its path; its level and name follow."""

    class Meta:
        model = Topic

    tree = factory.SubFactory(TopicTreeFactory)
    code = factory.Sequence("T{:03}".format)
    path = factory.Sequence("类别{}".format)
    name = factory.LazyAttribute(lambda topic: topic.path.split("/")[-1])
    level = factory.LazyAttribute(lambda topic: topic.path.count("/") + 1)


class ChannelFactory(DjangoModelFactory):
    class Meta:
        model = Channel
        django_get_or_create = ["code"]

    code = "hotline"
    name = "热线电话"
    name_en = "Hotline"


class ImportRunFactory(DjangoModelFactory):
    class Meta:
        model = ImportRun

    source = "test"
    file_name = "appeals.csv"
    on_error = OnError.SKIP
    created_at = FIRST_MOMENT


class AppealFactory(DjangoModelFactory):
    """An appeal that waits; the n-th comes n hours after the first."""

    class Meta:
        model = Appeal

    class Params:
        replied = factory.Trait(
            reply_text="已办结。",
            replied_at=FIRST_MOMENT + timedelta(days=30),
            is_waiting=False,
        )

    source = "test"
    source_key = factory.Sequence("A{:05}".format)
    content_hash = factory.Sequence("{:032}".format)
    channel = factory.SubFactory(ChannelFactory)
    kind = Kind.COMPLAINT
    text = "路灯不亮"
    received_at = factory.Sequence(lambda number: FIRST_MOMENT + timedelta(hours=number))


class UserFactory(DjangoModelFactory):
    """A member of staff; give a unit's clerk or head the unit."""

    class Meta:
        model = User

    username = factory.Sequence("user{}".format)
    role = Role.DISPATCHER


class WorkOrderFactory(DjangoModelFactory):
    """An order that waits for dispatch, with its first step."""

    class Meta:
        model = WorkOrder
        skip_postgeneration_save = True

    appeal = factory.SubFactory(AppealFactory)
    state = OrderState.TRIAGE
    kind = Kind.COMPLAINT
    opened_at = FIRST_MOMENT

    @factory.post_generation
    def first_step(self, create, extracted, **kwargs):
        if create:
            OrderStep.objects.create(
                order=self, version=1, name="open", to_state=self.state, at=self.opened_at
            )


def article_content(**fields: object) -> ArticleContent:
    """What an article says that staff alone may read, from the first day of 2023 on."""
    unit = fields.pop("unit", None) or UnitFactory()
    known = {
        "title": "暖气不热怎么办",
        "answer": "拨打热力集团客服申请上门测温。",
        "source_name": "热力集团报送",
        "valid_from": date(2023, 1, 1),
    }
    return ArticleContent(**known | fields, unit=unit)


def writer_and_reviewer() -> tuple[User, User]:
    """Two people, as four eyes ask for."""
    writer, _ = User.objects.get_or_create(username="writer", defaults={"role": Role.OPERATOR})
    reviewer, _ = User.objects.get_or_create(
        username="reviewer", defaults={"role": Role.SUPERVISOR}
    )
    return writer, reviewer


def published_article(*, now: datetime = FIRST_MOMENT, **fields: object) -> Article:
    """An article that one wrote and another approved."""
    writer, reviewer = writer_and_reviewer()
    article = write_article(content=article_content(**fields), author=writer, now=now)
    submit_article(article=article, actor=writer, now=now)
    approve_article(article=article, actor=reviewer, now=now)
    article.refresh_from_db()
    return article
