"""The tree of goals: opaque codes, versions, owners, deadlines, and what each is measured by."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.apps.appending import AppendOnly
from civicloop.apps.places.models import Unit


class GoalTree(AppendOnly):
    """One version of a tree of goals (目标体系); a change is the next version."""

    code = models.CharField(_("code"), max_length=40)  # opaque: "15886" means what the city says
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    source = models.CharField(_("source"), max_length=200)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("tree of goals")
        verbose_name_plural = _("trees of goals")
        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="indicators_tree_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class Goal(AppendOnly):
    """One goal of a version of the tree."""

    tree = models.ForeignKey(GoalTree, on_delete=models.PROTECT, related_name="goals")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveIntegerField(_("position"))  # in the whole tree, parents first
    depth = models.PositiveSmallIntegerField(_("depth"))
    owner = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    deadline_day = models.DateField(_("deadline"), null=True, blank=True)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ["tree", "position"]
        constraints = [
            models.UniqueConstraint(fields=["tree", "code"], name="indicators_goal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class GoalMeasure(AppendOnly):
    """An indicator that tells how a goal stands, with the target set for it."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="measures")
    indicator = models.CharField(_("indicator"), max_length=200)
    area = models.CharField(_("area code"), max_length=12, blank=True)
    green = models.DecimalField(_("green from"), max_digits=21, decimal_places=6, null=True)
    amber = models.DecimalField(_("amber from"), max_digits=21, decimal_places=6, null=True)

    class Meta:
        verbose_name = _("measure of a goal")
        verbose_name_plural = _("measures of goals")
        ordering = ["goal", "id"]

    def __str__(self) -> str:
        return f"{self.goal_id}: {self.indicator}"
