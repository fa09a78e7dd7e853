from django.urls import path

from civicloop.web.people import views

app_name = "people"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/new/", views.new_account, name="new_account"),
    path("people/<int:user_id>/", views.account, name="account"),
    path("people/<int:user_id>/password/", views.renew, name="renew_password"),
    path("people/<int:user_id>/factors/", views.drop_factors, name="remove_factors"),
]
