"""Every error of the API is problem+json with a sentence in the caller's language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from anwei.monitoring.api.faults import fault
from anwei.monitoring.bus import StoreAway, StoreRefused
from anwei.monitoring.problems import MEDIA_TYPE, problem
from anwei.monitoring.services import MonitoringError, NotAllowed
from anwei.org.policy import public


def problem_response(status: int, detail: str, **more: Any) -> HttpResponse:
    """Return an error as a response."""
    return JsonResponse(
        problem(status, detail, **more),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


@public
def nothing_here(_request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address that the API does not have."""
    return problem_response(HTTPStatus.NOT_FOUND, _("没有此接口：%(path)s") % {"path": rest})


def tell_problems(api: NinjaAPI) -> None:
    """Let `api` answer every error that its views may raise as a problem."""

    @api.exception_handler(Http404)
    def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem_response(HTTPStatus.NOT_FOUND, _("没有此对象，或不在您的管辖范围内。"))

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"at": ".".join(map(str, each["loc"])), "message": fault(each)} for each in error.errors]
        return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, _("参数不符合要求。"), errors=errors)

    @api.exception_handler(HttpError)
    def http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_response(error.status_code, str(error))

    @api.exception_handler(NotAllowed)
    def not_allowed(_request: HttpRequest, error: NotAllowed) -> HttpResponse:
        return problem_response(HTTPStatus.FORBIDDEN, str(error))

    @api.exception_handler(MonitoringError)
    def refused(_request: HttpRequest, error: MonitoringError) -> HttpResponse:
        return problem_response(HTTPStatus.CONFLICT, str(error))

    @api.exception_handler(StoreRefused)
    def unanswerable(_request: HttpRequest, error: StoreRefused) -> HttpResponse:
        sentence = _("所问的时段或间隔超出一次能回答的范围。")
        return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, sentence, reason=str(error))

    @api.exception_handler(StoreAway)
    def away(_request: HttpRequest, _error: StoreAway) -> HttpResponse:
        response = problem_response(HTTPStatus.SERVICE_UNAVAILABLE, _("数据流服务暂时不可用，请稍后再试。"))
        response["Retry-After"] = "2"
        return response
