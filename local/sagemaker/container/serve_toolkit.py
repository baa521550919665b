"""The `serve` command of a model container: GET /ping and POST /invocations for the user's inference script.

Environment: SAGEMAKER_PROGRAM (default inference.py), SAGEMAKER_SUBMIT_DIRECTORY (default <model>/code),
SAGEMAKER_BIND_TO_PORT (default 8080), SAGEMAKER_BASE_DIR (default /opt/ml). Exits with 98 when the port is taken.
"""

import errno
import os
import signal
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Optional

import lifeline
from inference_handler import JSON, Handler, UnsupportedFormat, load_script
from literal_paths import refuse_literal_paths
from requirements_check import check
from source_archive import fetch_source

PORT_TAKEN = 98
_ANY = "*/*"


class ModelServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    handler: Handler


class Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: ModelServer

    def do_GET(self) -> None:
        if self.path == "/ping":
            self._send(200, b"", JSON)
        else:
            self._send(404, f"There is no {self.path} here.".encode(), "text/plain")

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        if self.path != "/invocations":
            self._send(404, f"There is no {self.path} here.".encode(), "text/plain")
            return
        content_type = self.headers.get("Content-Type") or JSON
        accept = self.headers.get("Accept") or _ANY
        if accept == _ANY:
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)
        try:
            answer, kind = self.server.handler.answer(body, content_type, accept)
        except UnsupportedFormat as error:
            self._send(415, str(error).encode(), "text/plain")
        except Exception as error:
            traceback.print_exc()
            self._send(500, f"{type(error).__name__}: {error}".encode("utf-8", "replace"), "text/plain")
        else:
            self._send(200, answer, kind)

    def _body(self) -> Optional[bytes]:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            self.close_connection = True
            self._send(411, b"Content-Length is missing.", "text/plain")
            return None
        return self.rfile.read(length)

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Requests are counted by the runtime; the log is for the model's own words."""


def load(base: str) -> Handler:
    """Loads the user's script and model.

    Raises ValueError when the source, a requirement or the script is missing.
    """
    model_dir = os.path.join(base, "model")
    source = os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY") or os.path.join(model_dir, "code")
    code = source
    if source.startswith("s3://") or os.path.isfile(source):
        code = os.path.join(base, "code")
        fetch_source(source, code)
    requirements = os.path.join(code, "requirements.txt")
    if os.path.isfile(requirements):
        check(requirements)
    refuse_literal_paths([code])
    return Handler(load_script(code, os.environ.get("SAGEMAKER_PROGRAM") or "inference.py"), model_dir)


def main() -> int:
    lifeline.die_with_parent()
    lifeline.watch_standard_input()
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    try:
        server = ModelServer(("127.0.0.1", port), Requests, bind_and_activate=False)
        server.allow_reuse_address = True
        server.server_bind()
    except OSError as error:
        print(f"Port {port}: {error}", file=sys.stderr)
        return PORT_TAKEN if error.errno == errno.EADDRINUSE else 1
    try:
        server.handler = load(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    except Exception:
        traceback.print_exc()
        return 1
    signal.signal(signal.SIGTERM, lambda number, frame: threading.Thread(target=server.shutdown).start())
    server.server_activate()
    print(f"Serving on port {port}.", flush=True)
    server.serve_forever(poll_interval=0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
