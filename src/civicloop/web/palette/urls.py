from django.urls import path

from civicloop.web.palette import views

app_name = "palette"
urlpatterns = [path("go/", views.go, name="go")]
