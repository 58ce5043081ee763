"""The web process: uvicorn with the ASGI application."""

from __future__ import annotations

import asyncio
import logging
import os

import uvicorn
import uvloop

from anwei.datafolder import DataFolder
from anwei.monitoring.stream.heartbeat import keep_beating
from anwei.portal.network import WEB_PORT, Network

GOODBYE = 1  # s that open requests (live pages never end) get at shutdown


async def serve(folder: DataFolder, network: Network, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        "anwei.portal.asgi:application",
        host=network.web_host,
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GOODBYE,
        ssl_certfile=network.certificate.chain if network.certificate else None,
        ssl_keyfile=network.certificate.key if network.certificate else None,
    )
    beating = asyncio.create_task(keep_beating(folder, "web"))
    await uvicorn.Server(config).serve()
    beating.cancel()


def main() -> None:
    """Start the web process on ANWEI_PORT."""
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    network = Network.from_environment()
    os.environ.update(network.environment)
    port = int(os.environ.get("ANWEI_PORT", WEB_PORT))
    uvloop.run(serve(DataFolder.from_environment(), network, port))
