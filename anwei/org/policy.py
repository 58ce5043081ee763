"""Who may come in by which door: every view carries one policy, and a test refuses a view without one.

`@public`, `@signed_in`, `@shown_on_walls`, `@posts(...)`, `@county_administrators(...)` and `@token` mark a
view and enforce the policy, sync and async alike. They go outermost, also on `SomeView.as_view()` in a
urls.py. What a person may see inside is the affair of `visible_to`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django.utils.translation import gettext as _

from anwei.org.accounts.administration import is_of_the_county
from anwei.org.committee_office import is_of_the_office
from anwei.org.models import Person, Post
from anwei.org.scope import standing
from anwei.org.services import person_of_token

BROWSER_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})  # others are a program's, and come by token

View = Callable[..., Any]
Refusal = HttpResponseBase | None


@dataclass(frozen=True)
class Policy:
    """The policy of one view: its name for lists and tests, and the check that answers a refusal or None."""

    name: str
    check: Callable[[HttpRequest], Refusal]


def public(view: View) -> View:
    """Open a view to everybody."""
    return _guarded(view, Policy("public", _check_method))


def signed_in(view: View) -> View:
    """Open a view to people with an account."""
    return _guarded(view, Policy("signed_in", _check_signed_in))


def shown_on_walls(view: View) -> View:
    """Open a view to people with an account, and for reading to a display: it is part of what a wall shows.

    A display's cookie lies in a hall for years, with nobody before it: nothing else is open to it.
    """
    return _guarded(view, Policy("shown_on_walls", _check_known))


def posts(*kinds: Post.Kind) -> Callable[[View], View]:
    """Open a view to people who hold a post of one of `kinds` today; others get 403."""

    def check(request: HttpRequest) -> Refusal:
        refusal = _check_signed_in(request)
        if refusal is None and not any(post.kind in kinds for post in standing(person_of(request)).held):
            raise PermissionDenied(_("您现在的岗位不能进行此操作。"))
        return refusal

    return lambda view: _guarded(view, Policy(f"posts:{','.join(kinds)}", check))


def county_administrators(*kinds: Post.Kind, office: bool = False) -> Callable[[View], View]:
    """Open a view to the county's own administrators of `kinds`; those of a township or a plant get 403.

    With `office` also to the county's committee office: what is set there is the county's business too.
    """

    def check(request: HttpRequest) -> Refusal:
        refusal = _check_signed_in(request)
        if refusal is not None:
            return refusal
        person, now = person_of(request), timezone.now()
        allowed = any(is_of_the_county(person, now, kind) for kind in kinds)
        if not allowed and not (office and is_of_the_office(person, now)):
            raise PermissionDenied(
                _("此页由县级管理员和县安委办使用。") if office else _("此页由县级管理员使用。")
            )
        return None

    named = (*kinds, *(["office"] if office else []))
    return lambda view: _guarded(view, Policy(f"county:{','.join(named)}", check))


def token(view: View) -> View:
    """Open a view to a bearer of an API token; `request.user` is then its person. CSRF does not apply."""
    guarded = _guarded(view, Policy("token", _check_token))
    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


def person_of(request: HttpRequest) -> Person:
    """Return the person behind a request that has passed a policy."""
    return cast(Person, request.user)


def policy_of(view: View) -> Policy | None:
    """Return the policy a view is marked with, or None."""
    return getattr(view, "policy", None)


def doors(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, View]]:
    """Yield every route below `resolver` with its view."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from doors(pattern, route)


def _guarded(view: View, policy: Policy) -> View:
    """Return `view` behind the check of `policy`, as a coroutine function where `view` is one."""
    if iscoroutinefunction(view):

        @wraps(view)
        async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = await sync_to_async(policy.check)(request)
            return refusal or await cast(Awaitable[HttpResponseBase], view(request, *args, **kwargs))

        return _marked(guarded_async, policy)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return cast(HttpResponseBase, policy.check(request) or view(request, *args, **kwargs))

    return _marked(guarded, policy)


def _marked(view: View, policy: Policy) -> View:
    view.policy = policy  # type: ignore[attr-defined]
    return view


def _check_method(request: HttpRequest) -> Refusal:
    return None if request.method in BROWSER_METHODS else HttpResponseNotAllowed(sorted(BROWSER_METHODS))


def _check_signed_in(request: HttpRequest) -> Refusal:
    refusal = _check_known(request)
    if refusal is None and person_of(request).kind == Person.Kind.DISPLAY:
        raise PermissionDenied(_("大屏只显示大屏页面；其他内容请用个人账号登录查看。"))
    return refusal


def _check_known(request: HttpRequest) -> Refusal:
    if request.user.is_authenticated:
        return _check_method(request)
    if request.headers.get("HX-Request") == "true":  # htmx would swap the login page into a fragment
        return HttpResponse(status=401, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    if request.method in ("GET", "HEAD") and "text/event-stream" not in request.headers.get("Accept", ""):
        return redirect_to_login(request.get_full_path())
    return HttpResponse(status=401)


def _check_token(request: HttpRequest) -> Refusal:
    scheme, _separator, plain = request.headers.get("Authorization", "").partition(" ")
    person = person_of_token(plain.strip(), timezone.now()) if scheme.lower() == "bearer" else None
    if person is None:
        problem = {"type": "about:blank", "status": 401, "title": _("令牌缺失、无效或已停用。")}
        headers = {"WWW-Authenticate": "Bearer"}
        return JsonResponse(problem, status=401, content_type="application/problem+json", headers=headers)
    request.user = person
    return None
