"""A url table for tests alone: each policy once, sync and async."""

from __future__ import annotations

from django.contrib.auth import aget_user
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View

from anwei.org.models import Post
from anwei.org.policy import person_of, posts, public, shown_on_walls, signed_in, token


def who(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} {person_of(request).username}")


async def awho(request: HttpRequest) -> HttpResponse:
    user = await request.auser() if hasattr(request, "auser") else await aget_user(request)
    return HttpResponse(f"{request.method} {user.get_username()} {person_of(request).username}")


class Page(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return who(request)


class AsyncPage(View):
    async def get(self, request: HttpRequest) -> HttpResponse:
        return await awho(request)


urlpatterns = [
    path("public/", public(who)),
    path("apublic/", public(awho)),
    path("in/", signed_in(who)),
    path("ain/", signed_in(awho)),
    path("wall/", shown_on_walls(who)),
    path("awall/", shown_on_walls(awho)),
    path("page/", signed_in(Page.as_view())),
    path("apage/", signed_in(AsyncPage.as_view())),
    path("duty/", posts(Post.Kind.DUTY)(who)),
    path("aduty/", posts(Post.Kind.DUTY, Post.Kind.DEPUTY)(awho)),
    path("token/", token(who)),
    path("atoken/", token(awho)),
    path("accounts/login/", public(who), name="account_login"),
    path("unmarked/", who),
    path("", include("anwei.org.urls")),  # where the index of the search leads
    path("", include("anwei.sites.urls")),
]
handler403 = "django.views.defaults.permission_denied"
