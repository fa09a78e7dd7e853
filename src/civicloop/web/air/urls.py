from django.urls import path

from civicloop.web.air import views

app_name = "air"
urlpatterns = [
    path("air/", views.air, name="air"),
    path("air/compare/", views.compare_editions, name="compare"),
    path("air/days/<int:day_id>/", views.air_day, name="air_day"),
    path("air/periods/<int:period_id>/", views.air_period, name="air_period"),
    path("air/<int:city_id>/<int:year>.csv", views.download, name="download"),
]
