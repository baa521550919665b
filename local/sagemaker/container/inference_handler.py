"""The functions that a user's inference script may define, with the defaults of the scikit-learn container.

model_fn(model_dir), input_fn(body, content_type), predict_fn(data, model), output_fn(prediction, accept), or
transform_fn(model, body, content_type, accept) in place of the last three.
"""

import importlib.util
import io
import json
import os
import sys
from typing import Any, Callable, Optional, Tuple

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"


class UnsupportedFormat(Exception):
    """A content type that neither the script nor the defaults can read or write."""


class Handler:
    """One loaded model with the functions that answer requests."""

    def __init__(self, script: Any, model_dir: str) -> None:
        if hasattr(script, "transform_fn") and any(
            hasattr(script, name) for name in ("input_fn", "predict_fn", "output_fn")
        ):
            raise ValueError("Cannot use transform_fn implementation with input_fn, predict_fn, and output_fn")
        model_fn: Optional[Callable[[str], Any]] = getattr(script, "model_fn", None)
        if model_fn is None:
            raise ValueError("The inference script has no model_fn(model_dir); the container can't know how to load the model.")
        self._transform = getattr(script, "transform_fn", None)
        self._input = getattr(script, "input_fn", default_input)
        self._predict = getattr(script, "predict_fn", default_predict)
        self._output = getattr(script, "output_fn", default_output)
        self._model = model_fn(model_dir)

    def answer(self, body: bytes, content_type: str, accept: str) -> Tuple[bytes, str]:
        """The response's body and content type for one request."""
        content: Any = _as_text_if_text(body, content_type)
        if self._transform is not None:
            result = self._transform(self._model, content, content_type, accept)
        else:
            data = self._input(content, content_type)
            result = self._output(self._predict(data, self._model), accept)
        return _response(result, accept)


def load_script(directory: str, program: str) -> Any:
    """Imports the user's script from its folder.

    Raises ValueError when the folder has no such file.
    """
    path = os.path.join(directory, program)
    if not os.path.isfile(path):
        there = ", ".join(sorted(os.listdir(directory))) if os.path.isdir(directory) else "no such folder"
        raise ValueError(f"The inference script {program} is not in {directory} ({there}).")
    sys.path.insert(0, directory)
    name = os.path.splitext(os.path.basename(program))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def default_input(body: Any, content_type: str) -> Any:
    """CSV, JSON or NPY into an array; text formats become float32."""
    import numpy

    kind = _bare(content_type)
    if kind == CSV:
        return numpy.genfromtxt(io.StringIO(body), dtype=numpy.float32, delimiter=",")
    if kind == JSON:
        return numpy.array(json.loads(body)).astype(numpy.float32)
    if kind == NPY:
        return numpy.load(io.BytesIO(body), allow_pickle=False)
    raise UnsupportedFormat(f"Content type {content_type} is not supported by this framework.")


def default_predict(data: Any, model: Any) -> Any:
    return model.predict(data)


def default_output(prediction: Any, accept: str) -> Tuple[Any, str]:
    """The prediction as JSON, CSV or NPY, whichever the caller accepts."""
    import numpy

    kind = _bare(accept)
    if kind == JSON:
        return json.dumps(numpy.asarray(prediction).tolist()), JSON
    if kind == CSV:
        text = io.StringIO()
        numpy.savetxt(text, numpy.atleast_1d(prediction), delimiter=",", fmt="%s")
        return text.getvalue(), CSV
    if kind == NPY:
        buffer = io.BytesIO()
        numpy.save(buffer, prediction)
        return buffer.getvalue(), NPY
    raise UnsupportedFormat(f"Accept type {accept} is not supported by this framework.")


def _bare(content_type: str) -> str:
    return content_type.split(";", 1)[0].strip().lower()


def _as_text_if_text(body: bytes, content_type: str) -> Any:
    kind = _bare(content_type)
    return body.decode("utf-8") if kind == JSON or kind.startswith("text/") else body


def _response(result: Any, accept: str) -> Tuple[bytes, str]:
    content_type = accept
    if isinstance(result, tuple):
        result, content_type = result[0], result[1]
    elif hasattr(result, "get_data") and hasattr(result, "mimetype"):
        return result.get_data(), result.mimetype
    elif hasattr(result, "response") and hasattr(result, "mimetype"):
        result, content_type = result.response, result.mimetype
    if isinstance(result, str):
        return result.encode("utf-8"), content_type
    if isinstance(result, (bytes, bytearray, memoryview)):
        return bytes(result), content_type
    raise ValueError(
        f"output_fn returned {type(result).__name__}; it must return str or bytes, alone or with a content type."
    )
