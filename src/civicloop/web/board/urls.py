from django.urls import path

from civicloop.web.board import act_views, views

app_name = "board"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/orders/<int:order_id>/", views.preview, name="preview"),
    path("board/accept/", act_views.accept, name="accept"),
    path("board/plans/<int:plan_id>/", views.plan, name="plan"),
    path("board/plans/<int:plan_id>/undo/", act_views.undo, name="undo"),
    path("board/orders/<int:order_id>/merge/", act_views.merge, name="merge"),
    path("board/orders/<int:order_id>/return/", act_views.return_, name="return"),
    path("board/orders/<int:order_id>/later/", act_views.later, name="later"),
    path("board/orders/<int:order_id>/back/", act_views.back, name="back"),
]
