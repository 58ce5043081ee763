"""`anwei watch`: compute this week's list, or look back over all months, and print what came of it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from anwei.analytics.backtesting import start_backtest
from anwei.analytics.scoring import Reason, sentence
from anwei.analytics.weekly import list_of_the_week


class Command(BaseCommand):
    """Compute and print."""

    help = "Whom to look at this week, with the reasons; --backtest looks back over all months."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--backtest", action="store_true", help="look back instead")
        parser.add_argument("--most", type=int, default=20, help="how many of the list are printed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        now = timezone.now()
        if options["backtest"]:
            self._look_back(now)
            return
        run = list_of_the_week(now)
        self.stdout.write(f"{run.week}  {run.n_enterprises}  {run.seconds} s  {run.n_events} events")
        rows = run.scores.select_related("enterprise__unit").order_by("place")
        for score in rows[: options["most"]]:
            chance = "" if score.probability is None else f"  {score.probability:.1%}"
            self.stdout.write(f"{score.place:>4}  {score.points:>3}{chance}  {score.enterprise}")
            for kept in score.reasons:
                self.stdout.write(f"        {sentence(Reason(*kept))}（+{kept[2]}）")

    def _look_back(self, now: Any) -> None:
        try:
            made = start_backtest(actor=None, now=now, at_once=True)
        except ValueError as error:
            raise CommandError(str(error)) from error
        for month in made.result["months"]:
            told = [f"{month['points']['hits']}/{month['n_harmed']}"]
            if month["model"]:
                told.append(f"{month['model']['hits']}/{month['n_harmed']}")
            self.stdout.write(f"{month['month']}  {month['n']}  {'  '.join(told)}")
