"""Who may act for whom: granted from a moment to a moment, with a reason, and revoked before its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from anwei.ledgers.services import record_change
from anwei.org.accounts.administration import administered_units
from anwei.org.accounts.separation import require_separation
from anwei.org.holdings import day_of, filled_post_above, holds
from anwei.org.models import Delegation, Person, Post
from anwei.org.scope import ADMINISTRATORS
from anwei.org.services.errors import OrgError

REGISTER = "org.delegation"
LONGEST = timedelta(days=366)  # longer absences are appointments
NEVER_DELEGATED = (*ADMINISTRATORS, Post.Kind.DISPLAY)
"""三员分立: the three administrators never meet in one hand, not even for a day."""


@transaction.atomic
def delegate(
    post: Post,
    *,
    principal: Person,
    deputy: Person,
    from_at: datetime,
    to_at: datetime,
    reason: str,
    actor: Person,
    now: datetime,
) -> Delegation:
    """Let `deputy` act at `post` for its holder `principal` until `to_at`; the holder keeps the duty.

    The holder grants it, or for a holder who is away the principal above or the security administrator.
    Raises OrgError when somebody else grants, the post is never delegated, the principal does not hold it,
    the deputy is out of use, the same person, who grants it or an administrator (who could give rights to
    themselves that way), the time is none or too long, or the reason is missing.
    """
    if not may_grant(actor, post, principal, now):
        raise OrgError(_("代理由任职者本人授权；本人不在时由上级负责人或者安全保密管理员授权。"))
    if post.kind in NEVER_DELEGATED:
        raise OrgError(_("“%(post)s”不能委托他人代理。") % {"post": post})
    if not holds(principal, post.pk, max(now, from_at)):
        raise OrgError(_("%(person)s不在“%(post)s”任职，不能委托。") % {"person": principal, "post": post})
    if deputy.pk == principal.pk or not deputy.is_active or deputy.kind != Person.Kind.PERSON:
        raise OrgError(_("代理人须是另一名在用账号的人员。"))
    require_separation(deputy, post, from_on=day_of(from_at), to_on=day_of(to_at))
    if deputy.pk == actor.pk:
        raise OrgError(_("不能把别人的岗位委托给自己代理；请由任职者本人授权，或者另派他人。"))
    if not max(now, from_at) < to_at <= from_at + LONGEST:
        raise OrgError(_("代理须有起止时间，止于将来，最长一年。"))
    if not reason.strip():
        raise OrgError(_("请写明代理事由。"))
    delegation = Delegation.objects.create(
        post=post,
        principal=principal,
        deputy=deputy,
        from_at=from_at,
        to_at=to_at,
        reason=reason.strip(),
        granted_by=actor,
        granted_at=now,
    )
    content = {
        "post": post.pk,
        "principal": principal.pk,
        "deputy": deputy.pk,
        "from": from_at,
        "to": to_at,
    }
    record_change(
        REGISTER, delegation.pk, actor=actor, now=now, verb="grant", content=content, reason=reason.strip()
    )
    return delegation


def may_grant(actor: Person, post: Post, principal: Person, now: datetime) -> bool:
    """Say whether `actor` may let somebody act for `principal` at `post`."""
    if actor.pk == principal.pk or administered_units(actor, now).filter(pk=post.unit_id).exists():
        return True
    above = filled_post_above(post, now)
    return above is not None and holds(actor, above.pk, now)


@transaction.atomic
def revoke(delegation: Delegation, *, actor: Person, now: datetime, reason: str) -> Delegation:
    """End a delegation at once; what was done under it stays on record. Revoking twice changes nothing.

    Raises OrgError unless the principal, the deputy, or who may grant it ends it.
    """
    if actor.pk != delegation.deputy_id and not may_grant(actor, delegation.post, delegation.principal, now):
        raise OrgError(_("代理由本人、代理人、上级负责人或者安全保密管理员撤销。"))
    locked = Delegation.objects.select_for_update().get(pk=delegation.pk)
    if locked.revoked_at is None:
        locked.revoked_at = now
        locked.save(update_fields=["revoked_at"])
        record_change(
            REGISTER, locked.pk, actor=actor, now=now, verb="revoke", content={}, reason=reason.strip()
        )
    return locked
