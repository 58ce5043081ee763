"""What the pages of people need in their templates."""

from __future__ import annotations

from django import template

from anwei.ledgers.masking import masked

register = template.Library()
register.filter("masked", masked)
