from django.urls import path

from civicloop.web.cases import figure_views, list_views, views

app_name = "cases"
MEETING, RECEPTION = {"kind": "meeting"}, {"kind": "reception"}
MEDIATION, PETITION = {"kind": "mediation"}, {"kind": "petition"}
urlpatterns = [
    path("cases/", list_views.open_cases, name="open_cases"),
    path("cases/figures/", figure_views.case_figures, name="case_figures"),
    path(
        "cases/figures/<slug:code>/<slug:part>/",
        figure_views.case_figure_rows,
        name="case_figure_rows",
    ),
    path("meetings/", list_views.meeting_list, name="meeting_list"),
    path("meetings/agenda/", views.choose_meeting, name="choose_meeting"),
    path("meetings/new/", views.new, MEETING, name="new_meeting"),
    path("meetings/<int:case_id>/", views.page, MEETING, name="meeting"),
    path("meetings/<int:case_id>/<slug:name>/", views.step, MEETING, name="meeting_step"),
    path("receptions/", list_views.reception_list, name="reception_list"),
    path("receptions/new/", views.new, RECEPTION, name="new_reception"),
    path("receptions/<int:case_id>/", views.page, RECEPTION, name="reception"),
    path("receptions/<int:case_id>/<slug:name>/", views.step, RECEPTION, name="reception_step"),
    path("mediation/", list_views.mediation_list, name="mediation_list"),
    path("mediation/new/", views.new, MEDIATION, name="new_mediation"),
    path("mediation/committees/new/", views.new_committee, name="new_committee"),
    path("mediation/<int:case_id>/", views.page, MEDIATION, name="mediation"),
    path("mediation/<int:case_id>/<slug:name>/", views.step, MEDIATION, name="mediation_step"),
    path("petitions/", list_views.petition_list, name="petition_list"),
    path("petitions/new/", views.new, PETITION, name="new_petition"),
    path("petitions/<int:case_id>/", views.page, PETITION, name="petition"),
    path("petitions/<int:case_id>/<slug:name>/", views.step, PETITION, name="petition_step"),
]
