"""Who takes part in a visit, and which of its files others read."""

from __future__ import annotations

from django.db.models import QuerySet

from anwei.hazards.models import Visit, VisitFile
from anwei.hazards.planning.bodies import bodies_at
from anwei.org.models import Person


def takes_part(visit: Visit, person: Person) -> bool:
    """Say whether somebody goes along, or acts for a body that does."""
    own = {unit.pk for unit in bodies_at(person)}
    if not own:
        return False
    return bool(own & {unit.pk for unit in visit.bodies.all()}) or any(
        one.person_id == person.pk for one in visit.attendances.all()
    )


def files_for(visit: Visit, person: Person) -> QuerySet[VisitFile]:
    """Return the files of a visible visit that a person may open.

    Who takes part sees all at once; others (the enterprise, whose visit it is) photos, papers and signature
    when it is over. Recordings are the inspectors' notes.
    """
    files = VisitFile.objects.filter(visit=visit)
    if takes_part(visit, person):
        return files
    return files.none() if visit.ended_at is None else files.exclude(kind="voice")
