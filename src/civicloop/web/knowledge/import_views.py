"""Articles from a table: good rows in or nothing, bad rows named with their cure."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from civicloop.apps.accounts.policy import Action, require
from civicloop.apps.knowledge.actions.importing import ImportedArticles, import_articles
from civicloop.apps.knowledge.article_rows import COLUMNS, REQUIRED
from civicloop.apps.knowledge.refusals import ArticleRefusedError
from civicloop.apps.knowledge.wording import word_row_problems
from civicloop.web.knowledge.forms import ArticleImportForm
from civicloop.web.requests import HtmxRequest, actor_of

PROBLEMS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def import_articles_page(request: HtmxRequest) -> HttpResponse:
    require(request.user, Action.WRITE_ARTICLES)
    form = ArticleImportForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {
        "form": form,
        "columns": [(headers[0], name in REQUIRED) for name, headers in COLUMNS.items()],
    }
    if request.method == "POST" and form.is_valid():
        try:
            done = _import(request, form.cleaned_data["file"], form.cleaned_data["on_error"])
            problems = word_row_problems(done.problems[:PROBLEMS_SHOWN])
            context |= {"done": done, "problems": problems}
        except ArticleRefusedError as error:
            form.add_error("file", f"{form.cleaned_data['file'].name}: {error}")
    status = 422 if form.errors else 200
    return render(request, "knowledge/import_articles.html", context, status=status)


def _import(request: HtmxRequest, upload: "UploadedFile[bytes]", on_error: str) -> ImportedArticles:
    """The reader works on files; the upload is one only as long as it is read."""
    with NamedTemporaryFile(suffix=Path(upload.name or "").suffix) as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        return import_articles(
            file=Path(file.name),
            on_error=on_error,
            author=actor_of(request),
            now=timezone.now(),
        )
