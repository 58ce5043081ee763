"""Errors as the API tells them: problem+json (RFC 9457), in the user's language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MEDIA_TYPE = "application/problem+json"
TITLES = {
    HTTPStatus.BAD_REQUEST: gettext_lazy("请求有误"),
    HTTPStatus.UNAUTHORIZED: gettext_lazy("未认证"),
    HTTPStatus.FORBIDDEN: gettext_lazy("没有权限"),
    HTTPStatus.NOT_FOUND: gettext_lazy("找不到"),
    HTTPStatus.METHOD_NOT_ALLOWED: gettext_lazy("方法不支持"),
    HTTPStatus.CONFLICT: gettext_lazy("状态冲突"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: gettext_lazy("内容过大"),
    HTTPStatus.UNPROCESSABLE_ENTITY: gettext_lazy("参数有误"),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_lazy("暂时无法服务"),
    HTTPStatus.INSUFFICIENT_STORAGE: gettext_lazy("存储空间不足"),
}


def problem(status: int, detail: str = "", **more: Any) -> dict[str, Any]:
    """Return the body of an error: `detail` is a sentence, `more` are members of our own."""
    title = TITLES.get(HTTPStatus(status), _("出错了"))
    return {"type": "about:blank", "title": str(title), "status": int(status), "detail": detail, **more}
