from django.urls import path

from civicloop.web.intake import import_views, views

app_name = "intake"
urlpatterns = [
    path("appeals/", views.appeal_list, name="appeal_list"),
    path("appeals/<int:appeal_id>/", views.appeal, name="appeal"),
    path("imports/", import_views.import_list, name="import_list"),
    path("imports/<int:run_id>/", import_views.import_run_page, name="import_run"),
    path("imports/<int:run_id>/start/", import_views.start, name="start_import"),
    path("imports/<int:run_id>/abandon/", import_views.abandon, name="abandon_import"),
    path("imports/<int:run_id>/mapping/", import_views.remap, name="remap_import"),
    path("imports/<int:run_id>/returned.xlsx", import_views.returned, name="returned_workbook"),
]
