"""The `train` command of a script-mode container: runs the user's script as SageMaker's framework images do.

Reads /opt/ml/input/config (below SAGEMAKER_BASE_DIR), unpacks the source, checks requirements.txt, runs
`python <program> --key value ...` with SM_* variables, and writes output/success or output/failure.
"""

import collections
import json
import os
import sys
from typing import Deque, List

import lifeline
import supervise
from literal_paths import refuse_literal_paths
from requirements_check import check
from source_archive import fetch_source
from training_environment import (
    command_arguments,
    decode_hyperparameters,
    script_environment,
    split_hyperparameters,
)

_KEPT_ERROR_LINES = 40
_KEPT_ERROR_CHARACTERS = 800


def program_command(program: str, code: str) -> List[str]:
    """How the user's program is started; a name without an ending is a Python module.

    Raises ValueError when there is no such file in the source.
    """
    path = os.path.join(code, program)
    if program.endswith(".py") or program.endswith(".sh"):
        if not os.path.isfile(path):
            there = ", ".join(sorted(os.listdir(code))) or "nothing"
            raise ValueError(f"The program {program} is not in the source archive, which holds: {there}.")
        return [sys.executable, program] if program.endswith(".py") else ["/bin/sh", program]
    return [sys.executable, "-m", program]


def train(base: str) -> int:
    """Runs the training script and returns the exit code of the container."""
    with open(os.path.join(base, "input", "config", "hyperparameters.json"), encoding="utf-8") as file:
        own, user = split_hyperparameters(decode_hyperparameters(json.load(file)))
    program = own.get("sagemaker_program", os.environ.get("SAGEMAKER_PROGRAM"))
    source = own.get("sagemaker_submit_directory", os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY"))
    if not program:
        raise ValueError("The hyperparameter sagemaker_program is missing: it names the script to run.")
    if not source:
        raise ValueError("The hyperparameter sagemaker_submit_directory is missing: it names the source archive.")
    code = os.path.join(base, "code")
    fetch_source(str(source), code)
    requirements = os.path.join(code, "requirements.txt")
    if os.path.isfile(requirements):
        check(requirements)
    refuse_literal_paths([code])
    command = program_command(str(program), code) + command_arguments(user)
    environment = {**os.environ, **script_environment(base, str(program), code, own, user)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [code, os.environ.get("PYTHONPATH")]))
    errors: Deque[bytes] = collections.deque(maxlen=_KEPT_ERROR_LINES)
    exit_code = supervise.run(command, cwd=code, env=environment, on_error_line=errors.append)
    if exit_code != 0:
        message = b"".join(errors).decode("utf-8", "replace").strip()[-_KEPT_ERROR_CHARACTERS:]
        _write_failure(
            base,
            f'ExecuteUserScriptError:\nExitCode {exit_code}\nErrorMessage "{message}"\n'
            f'Command "{" ".join(command)}"',
        )
    return exit_code


def _write_failure(base: str, text: str) -> None:
    path = os.path.join(base, "output", "failure")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def main() -> int:
    base = os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")
    lifeline.watch_standard_input()
    try:
        exit_code = train(base)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        _write_failure(base, str(error))
        return 1
    if exit_code == 0:
        with open(os.path.join(base, "output", "success"), "w", encoding="utf-8"):
            pass
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
