"""Say that an article is wrong, and answer to it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.apps.accounts.models import User
from civicloop.apps.audit.actions import record_event
from civicloop.apps.knowledge.models import Article, CorrectionOutcome, CorrectionRequest
from civicloop.apps.knowledge.refusals import ArticleRefusedError

ANSWER_WITHIN_DAYS = 5


@transaction.atomic
def request_correction(
    *, article: Article, text: str, actor: User, now: datetime
) -> CorrectionRequest:
    """Ask the owner to correct what readers see; the answer is due in calendar days.

    Raises:
        ArticleRefusedError: nobody reads the article, or it is not said what is wrong.
    """
    if not text.strip():
        raise ArticleRefusedError(_("Say what is wrong."))
    if article.current is None:
        raise ArticleRefusedError(_("This article is not published."))
    request = CorrectionRequest.objects.create(
        article=article,
        version=article.current,
        text=text.strip(),
        requested_by=actor,
        requested_at=now,
        due_day=timezone.localdate(now) + timedelta(days=ANSWER_WITHIN_DAYS),
    )
    _record("correction_requested", request, actor, now)
    return request


@transaction.atomic
def settle_correction(
    *,
    request: CorrectionRequest,
    outcome: CorrectionOutcome,
    answer: str,
    actor: User,
    now: datetime,
) -> CorrectionRequest:
    """Close a request: the article was corrected, or it is right and the answer says why.

    Raises:
        ArticleRefusedError: it is settled already, has no answer, the one who settles it asked
            for it, or readers still see the version that is said to be wrong.
    """
    locked = CorrectionRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.outcome != CorrectionOutcome.OPEN:
        raise ArticleRefusedError(_("This request is settled already."))
    if not answer.strip():
        raise ArticleRefusedError(_("Answer in a sentence."))
    if locked.requested_by_id == actor.pk:
        raise ArticleRefusedError(_("You asked for it; somebody else has to settle it."))
    if outcome == CorrectionOutcome.CORRECTED and locked.article.current_id == locked.version_id:
        raise ArticleRefusedError(
            _("Readers still see version %(number)s. Publish the corrected one first.")
            % {"number": locked.version.number}
        )
    locked.outcome, locked.answer = outcome, answer.strip()
    locked.settled_by, locked.settled_at = actor, now
    locked.save()
    _record("correction_settled", locked, actor, now)
    return locked


def _record(action: str, request: CorrectionRequest, actor: User, now: datetime) -> None:
    record_event(
        action=action,
        object_type="article",
        object_id=request.article_id,
        actor=actor,
        now=now,
        details={"correction": request.pk, "outcome": request.outcome},
    )
