"""A county's unified login (统一身份认证) by OpenID Connect, from a private file of the data folder.

`keys/unified-login.json`, mode 0600: {"name", "issuer", "client_id", "client_secret"}; optionally "subject"
(the claim that names the person, "sub" unless given) and "phone" (the claim with the phone number,
"phone_number"). Without the file there is no such button and no such door. ANWEI_UNIFIED_LOGIN in the
environment names another file. Knows no Django: the settings read it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anwei.datafolder import DataFolder, UnsafeSecret
from anwei.language import gettext as _

PROVIDER = "unified"  # in the address of the door
LOCAL = ("localhost", "127.0.0.1", "::1")


class WrongUnifiedLogin(ValueError):
    """The file cannot be used; the message says why."""


def unified_login(folder: DataFolder) -> dict[str, Any]:
    """Return allauth's SOCIALACCOUNT_PROVIDERS.

    Raises WrongUnifiedLogin for a file without one of its words or with an issuer that is not https,
    UnsafeSecret for one that others can read.
    """
    found = _read(folder)
    if found is None:
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": found["name"],
        "client_id": found["client_id"],
        "secret": found["client_secret"],
        "settings": {
            "server_url": found["issuer"],
            "uid_field": found.get("subject", "sub"),
            "phone_field": found.get("phone", "phone_number"),
            "oauth_pkce_enabled": True,
        },
    }
    return {"openid_connect": {"APPS": [app]}}


def issuer_origin(folder: DataFolder) -> list[str]:
    """Return scheme and host to which the login form may lead, for the content security policy."""
    found = _read(folder)
    if found is None:
        return []
    address = urlsplit(found["issuer"])
    return [f"{address.scheme}://{address.netloc}"]


def _read(folder: DataFolder) -> dict[str, str] | None:
    path = Path(os.environ.get("ANWEI_UNIFIED_LOGIN", folder.root / "keys" / "unified-login.json"))
    if not path.exists():
        return None
    if path.stat().st_mode & 0o077:
        raise UnsafeSecret(
            _("密钥文件 {path} 可被他人读取；请执行 chmod 600 {path} 后再启动。").format(path=path)
        )
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    for word in ("name", "issuer", "client_id", "client_secret"):
        if not found.get(word):
            raise WrongUnifiedLogin(_("{path} 缺少 {word}。").format(path=path, word=word))
    issuer = urlsplit(found["issuer"])
    if issuer.scheme != "https" and issuer.hostname not in LOCAL:
        raise WrongUnifiedLogin(_("{path} 中的 issuer 须是 https 地址。").format(path=path))
    return found
