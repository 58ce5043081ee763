"""`anwei prepare`: what must stand before the processes start; called by `anwei run`, cheap to repeat."""

from __future__ import annotations

import hashlib
import os
import shutil
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _


class Command(BaseCommand):
    """Migrate the database, collect the static files that changed, fill the demo county once."""

    help = "准备数据目录：升级数据库、收集静态文件、（演示时）写入演示县"
    requires_system_checks: list[str] = []  # `anwei check` is for building; starting shall be quick

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --demo."""
        parser.add_argument("--demo", action="store_true", help="写入演示县（只在第一次）")

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        """Do what is not done yet."""
        self._migrate()
        self._collect_static()
        if demo:
            call_command("demo")

    def _migrate(self) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(_("数据库连不上：%s") % str(error).strip()) from error
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # a migration may take longer than any page may
                cursor.execute("SET statement_timeout = 0")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write(_("正在升级数据库……"))
            call_command("migrate", interactive=False, verbosity=0)

    def _collect_static(self) -> None:
        stamp = settings.DATA.folder("run") / "static.sha256"
        digest = _digest_of_static_files()
        if stamp.exists() and stamp.read_text() == digest:
            return
        self.stdout.write(_("正在收集静态文件……"))
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)  # a torn manifest would stop collectstatic
        call_command("collectstatic", interactive=False, verbosity=0)
        os.sync()  # the stamp must not outlive, in a power cut, the files that it speaks of
        settings.DATA.write_private(stamp, digest.encode())


def _digest_of_static_files() -> str:
    """Return a digest of names, sizes and times of all source files: equal means nothing to collect."""
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = storage.get_modified_time(path), storage.size(path)
            digest.update(f"{path} {stat}".encode())
    return digest.hexdigest()
