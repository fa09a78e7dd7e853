from django.urls import path

from civicloop.web.knowledge import (
    change_views,
    correction_views,
    help_views,
    import_views,
    suggest_views,
    views,
)

app_name = "knowledge"
urlpatterns = [
    path("knowledge/", views.article_list, name="article_list"),
    path("knowledge/articles.<slug:format_>", views.export, name="export"),
    path("knowledge/new/", change_views.new_article, name="new_article"),
    path("knowledge/import/", import_views.import_articles_page, name="import_articles"),
    path("knowledge/review/", views.review_queue, name="review_queue"),
    path("knowledge/report/", views.report, name="knowledge_report"),
    path("knowledge/report/<slug:table>.<slug:format_>", views.export_report, name="export_report"),
    path(
        "knowledge/report/<slug:figure>/<slug:part>/",
        views.report_rows,
        name="knowledge_report_rows",
    ),
    path("knowledge/suggest", suggest_views.suggest, name="suggest"),
    path("knowledge/shown/", suggest_views.count_shown, name="count_shown"),
    path("knowledge/<int:article_id>/", views.article, name="article"),
    path("knowledge/<int:article_id>/edit/", change_views.edit_article, name="edit_article"),
    path("knowledge/<int:article_id>/submit/", change_views.submit, name="submit"),
    path("knowledge/<int:article_id>/approve/", change_views.approve, name="approve"),
    path("knowledge/<int:article_id>/return/", change_views.return_, name="return"),
    path("knowledge/<int:article_id>/withdraw/", change_views.withdraw, name="withdraw"),
    path("knowledge/<int:article_id>/confirm/", change_views.confirm, name="confirm"),
    path("knowledge/<int:article_id>/restore/<int:number>/", change_views.restore, name="restore"),
    path(
        "knowledge/<int:article_id>/corrections/",
        correction_views.ask_correction,
        name="ask_correction",
    ),
    path(
        "knowledge/corrections/<int:request_id>/", correction_views.settle, name="settle_correction"
    ),
    path("help/", help_views.help_page, name="help"),
    path("help/<int:article_id>/", help_views.help_article, name="help_article"),
    path("help/<int:article_id>/read/", help_views.count_read, name="count_read"),
    path("help/<int:article_id>/helped/", help_views.helped, name="helped"),
]
