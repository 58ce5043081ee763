"""Pages for what went wrong: each says what happened and what to do next."""

from __future__ import annotations

import logging
import sys
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anwei.monitoring.api.errors import problem_response
from anwei.portal.full_disk import is_full
from anwei.portal.middleware import API

RETRY_AFTER_S = 10

log = logging.getLogger("anwei.portal")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400; a program gets it as a problem."""
    if request.path_info.startswith(API):
        return problem_response(HTTPStatus.BAD_REQUEST, _("参数不符合要求。"))
    if isinstance(exception, DisallowedHost):
        next_step = _("请用平时的网址打开；确要用这个网址的，请系统管理员把它写入 ANWEI_HOSTS 设置。")
        return _page(request, 400, _("本系统不在此网址提供服务"), next_step)
    return _page(request, 400, _("请求不完整或已过期"), _("请返回上一页，刷新后重新提交。"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the policy's own sentence where it has one."""
    return _page(
        request,
        403,
        str(exception) or _("您的岗位无权查看此页"),
        _("如确需办理，请联系本单位安全保密管理员。"),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form whose key is gone."""
    log.warning("form refused: %s", reason)
    return _page(
        request,
        403,
        _("表单已过期"),
        _("可能在别处重新登录过。请返回上一页，刷新后重新提交；填写的内容仍在。"),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; out of scope looks the same as not there."""
    return _page(request, 404, _("没有找到此页"), _("地址有误，或者该记录不在您的监管范围内。"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 507 on a full disk, 503 while the database is away, else 500; reads nothing from either."""
    error = sys.exc_info()[1]
    if is_full(error, settings.DATA):
        next_step = _("未保存。请通知系统管理员腾出空间，之后重新提交；填写的内容请先留存。")
        return _unserved(request, 507, _("磁盘已满"), next_step)
    if isinstance(error, OperationalError):
        next_step = _("请稍候再试；采集和报警由独立进程承担，不受影响。")
        return _unserved(request, 503, _("数据库暂时没有应答"), next_step)
    next_step = _("错误已记入日志。请稍后再试；急事请直接电话联系值班室。")
    return _unserved(request, 500, _("系统出错"), next_step)


def _unserved(request: HttpRequest, code: int, title: str, next_step: str) -> HttpResponse:
    """Return a page that needs nothing from the database; a program gets a problem."""
    if request.path_info.startswith(API):
        response = problem_response(code, f"{title}：{next_step}")
    else:
        names = {"system_name": _("安全生产综合监管系统"), "unit_name": ""}
        response = _page(request, code, title, next_step, **names)
    if code != HTTPStatus.INTERNAL_SERVER_ERROR:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _page(request: HttpRequest, code: int, title: str, next_step: str, **names: str) -> HttpResponse:
    context = {"code": code, "heading": title, "next_step": next_step, **names}
    return render(request, "error.html", context, status=code)
