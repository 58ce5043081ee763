"""On a post's page: hand over what it has open to another post."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from anwei.cases.transfer import may_transfer, open_cases
from anwei.org.models import Person, Post
from anwei.org.post_acts import PostAct, register_post_act


def hand_over(post: Post, person: Person, now: datetime) -> PostAct | None:
    """Offer the transfer to whoever may do it, while the post has anything open."""
    n_open = open_cases(post).count()
    if not n_open or not may_transfer(person, post, now):
        return None
    sentence = _("没有接任的人，还有 %(n)d 件未办结事项：请任命接任人，或者移交其他岗位。") % {"n": n_open}
    return PostAct(reverse("transfer_post", args=[post.pk]), _("移交未办结事项"), sentence)


register_post_act(hand_over)
