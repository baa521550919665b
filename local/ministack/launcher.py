"""Starts MiniStack behind the laptop gateway: virtual clock, hooks, secret; ends with its parent. See README.md."""

import asyncio
import hmac
import logging
import os
import signal
import sys
import threading

import virtual_clock

OWN_VARIABLES = ("FLYWHEEL_INNER_PORT", "FLYWHEEL_PORT", "FLYWHEEL_SECRET", "FLYWHEEL_EPOCH_MS", "FLYWHEEL_SPEED")


def take_settings() -> dict[str, str]:
    """The launcher's own variables, removed so that no Lambda worker inherits them."""
    missing = [name for name in OWN_VARIABLES if name not in os.environ]
    if missing:
        raise SystemExit(f"launcher.py: missing environment variables {', '.join(missing)}")
    return {name: os.environ.pop(name) for name in OWN_VARIABLES}


def install_hooks(gateway_url: str) -> None:
    """Installs every hook, or ends with the names that this release of MiniStack lacks."""
    try:
        import hooks

        missing = hooks.missing_names()
    except ImportError as error:
        missing = [str(error)]
    if missing:
        raise SystemExit(
            "This release of MiniStack lacks names that the laptop runtime hooks: "
            + ", ".join(missing)
            + ". Install the release pinned in requirements.txt (npm run setup)."
        )
    hooks.install(gateway_url)


def guarded(app, internal, secret: str):
    """The ASGI application that answers only requests with the gateway's secret."""
    expected = secret.encode()

    async def serve(scope, receive, send):
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        given = dict(scope.get("headers", [])).get(b"x-flywheel-secret", b"")
        if not hmac.compare_digest(given, expected):
            if scope["type"] == "http":
                await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
                await send({"type": "http.response.body", "body": b"Only the gateway of the laptop runtime may ask.\n"})
            return None
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"x-flywheel-secret"]
        if scope["type"] == "http" and scope["path"].startswith("/_flywheel/"):
            return await internal(scope, receive, send)
        return await app(scope, receive, send)

    return serve


def end_with_parent(end) -> None:
    """Calls `end` when standard input closes, which happens when the Node host goes, however it goes."""

    def watch():
        while os.read(0, 4096):
            pass
        end()

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def end_now() -> None:
    """Kills the Lambda workers, then this process; no request is waited for."""
    from ministack.core import lambda_runtime

    for workers in list(lambda_runtime._workers.values()):
        for worker in workers:
            if worker._proc is not None:
                worker._proc.kill()
    os._exit(0)


def main() -> None:
    settings = take_settings()
    virtual_clock.install(float(settings["FLYWHEEL_EPOCH_MS"]), float(settings["FLYWHEEL_SPEED"]))
    os.environ["GATEWAY_PORT"] = settings["FLYWHEEL_PORT"]

    install_hooks(f"http://127.0.0.1:{settings['FLYWHEEL_PORT']}")

    import internal
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app as ministack

    config = Config()
    config.bind = [f"127.0.0.1:{settings['FLYWHEEL_INNER_PORT']}"]
    config.keep_alive_timeout = 3600
    config.backlog = 1024
    config.loglevel = "WARNING"
    config.h11_max_incomplete_size = 256 * 1024
    logging.getLogger("hypercorn.error").setLevel(logging.WARNING)

    stopped = asyncio.Event()

    async def run():
        loop = asyncio.get_running_loop()
        end_with_parent(end_now)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, end_now)
        await serve(guarded(ministack.app, internal.app, settings["FLYWHEEL_SECRET"]), config, shutdown_trigger=stopped.wait)

    asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
