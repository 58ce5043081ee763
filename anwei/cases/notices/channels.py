"""The ways out of the system, as the county set them up.

Each channel has one county setting, which names its adapter and what that needs; without one it is closed.
A secret never stands in a setting (the change log keeps settings for ever): `{secret}` is filled in from the
file `keys/notices-<channel>` of the data folder.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from anwei.cases.models.notices import Delivery
from anwei.ledgers.services import county_setting

SETTING = "notices.{channel}"  # key of ledgers.Setting
ADDRESS = "notices.address"  # key of ledgers.Setting: under which address people reach the system
REGISTER, TESTED = "system.channel", "test"  # where the change log keeps how a test went
Channel = Delivery.Channel
log = logging.getLogger("anwei.cases")


@dataclass(frozen=True)
class Message:
    """What leaves the system: to whom (a number, a mailbox, "" for the chat), what, and the sending's key."""

    to: str
    text: str
    key: str


class Adapter(Protocol):
    """Hands messages to one provider."""

    def send(self, message: Message) -> str:
        """Hand over a message and return the provider's receipt.

        Raises Undelivered when the provider refuses it or does not answer.
        """
        ...


class Undelivered(Exception):
    """A message did not get away; the sentence says why. Worth another attempt."""


class Misconfigured(Undelivered):
    """The county's setting of a channel cannot work; the sentence names what is missing."""


def setup_of(channel: Channel) -> dict[str, Any]:
    """Return how the county set up a channel, {} when it is closed; a demo writes its SMS to a file."""
    default = {"adapter": "file"} if settings.DEMO and channel == Channel.SMS else {}
    return dict(county_setting(SETTING.format(channel=channel), default) or {})


def enabled() -> frozenset[Channel]:
    """Return the channels that the county has opened."""
    return frozenset(channel for channel in Channel if setup_of(channel))


def adapter_of(channel: Channel) -> Adapter:
    """Return the adapter of an open channel.

    Raises Misconfigured, naming what its setting lacks.
    """
    from anwei.cases.notices.adapters import ADAPTERS

    setup = setup_of(channel)
    make = ADAPTERS.get(str(setup.pop("adapter", "")))
    if make is None:
        raise Misconfigured(_("渠道“%(channel)s”的设置没有写明可用的接口。") % {"channel": channel.label})
    return make(setup, secret=settings.DATA.given_secret(f"notices-{channel}"))


def hand_over(channel: Channel, message: Message) -> str:
    """Hand a message to the provider of an open channel and return the receipt.

    Raises Undelivered and nothing else, whatever an adapter or its library raises: what nobody foresaw is
    tried again and given up like the rest, and its traceback is in the log.
    """
    try:
        return adapter_of(channel).send(message)
    except Undelivered:
        raise
    except Exception as fault:
        log.exception("channel %s: its adapter failed", channel)
        words = {"fault": f"{type(fault).__name__}: {fault}"}
        raise Undelivered(_("渠道接口意外出错：%(fault)s") % words) from fault


def link(url: str) -> str:
    """Return the full address of a page, or "" where the county has not said under which it is reached."""
    address = str(county_setting(ADDRESS, "") or settings.DATA.running().get("web", "")).rstrip("/")
    return f"{address}{url}" if address else ""
