"""What a script-mode training container tells the user's script: SM_* variables and command line arguments."""

import json
import os
import subprocess
from typing import Any, Dict, List, Mapping, Tuple

_OWN_PREFIX = "sagemaker_"


def decode_hyperparameters(raw: Mapping[str, str]) -> Dict[str, Any]:
    """Values arrive as strings; those that are JSON are decoded, the others stay as they are."""
    decoded = {}
    for key, value in raw.items():
        try:
            decoded[key] = json.loads(value)
        except (json.JSONDecodeError, TypeError):
            decoded[key] = value
    return decoded


def split_hyperparameters(decoded: Mapping[str, Any]) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """The container's own settings (`sagemaker_*`) and the user's hyperparameters."""
    own = {key: value for key, value in decoded.items() if key.startswith(_OWN_PREFIX)}
    return own, {key: value for key, value in decoded.items() if key not in own}


def command_arguments(hyperparameters: Mapping[str, Any]) -> List[str]:
    """`--key value` pairs in the order of the keys; one letter gets one dash."""
    arguments: List[str] = []
    for key in sorted(hyperparameters):
        arguments += [f"-{key}" if len(key) == 1 else f"--{key}", _as_text(hyperparameters[key])]
    return arguments


def script_environment(
    base: str, program: str, module_dir: str, own: Mapping[str, Any], user: Mapping[str, Any]
) -> Dict[str, str]:
    """The SM_* variables of a one-machine training job whose files are under `base`."""
    config = os.path.join(base, "input", "config")
    resources = _read_json(os.path.join(config, "resourceconfig.json"))
    channels = _read_json(os.path.join(config, "inputdataconfig.json"))
    gpus = count_gpus()
    values: Dict[str, Any] = {
        "SM_MODEL_DIR": os.path.join(base, "model"),
        "SM_INPUT_DIR": os.path.join(base, "input"),
        "SM_INPUT_CONFIG_DIR": config,
        "SM_OUTPUT_DIR": os.path.join(base, "output"),
        "SM_OUTPUT_DATA_DIR": os.path.join(base, "output", "data"),
        "SM_OUTPUT_INTERMEDIATE_DIR": os.path.join(base, "output", "intermediate"),
        "SM_CHANNELS": sorted(channels),
        "SM_HPS": dict(user),
        "SM_HOSTS": resources["hosts"],
        "SM_CURRENT_HOST": resources["current_host"],
        "SM_CURRENT_INSTANCE_TYPE": resources["current_instance_type"],
        "SM_CURRENT_INSTANCE_GROUP": resources["current_group_name"],
        "SM_NETWORK_INTERFACE_NAME": resources["network_interface_name"],
        "SM_RESOURCE_CONFIG": resources,
        "SM_INPUT_DATA_CONFIG": channels,
        "SM_NUM_CPUS": os.cpu_count() or 1,
        "SM_NUM_GPUS": gpus,
        "SM_USER_ENTRY_POINT": program,
        "SM_MODULE_NAME": os.path.splitext(program)[0],
        "SM_MODULE_DIR": str(own.get("sagemaker_submit_directory", module_dir)),
        "SM_USER_ARGS": command_arguments(user),
        "SM_LOG_LEVEL": own.get("sagemaker_container_log_level", 20),
        "SM_FRAMEWORK_PARAMS": dict(own),
    }
    for channel in channels:
        values[f"SM_CHANNEL_{channel.upper()}"] = os.path.join(base, "input", "data", channel)
    for key, value in user.items():
        values[f"SM_HP_{key.upper()}"] = value
    values["SM_TRAINING_ENV"] = {
        "channel_input_dirs": {name: os.path.join(base, "input", "data", name) for name in channels},
        "current_host": resources["current_host"],
        "hosts": resources["hosts"],
        "hyperparameters": dict(user),
        "input_data_config": channels,
        "input_dir": values["SM_INPUT_DIR"],
        "job_name": os.environ.get("TRAINING_JOB_NAME", ""),
        "model_dir": values["SM_MODEL_DIR"],
        "module_name": values["SM_MODULE_NAME"],
        "num_cpus": values["SM_NUM_CPUS"],
        "num_gpus": gpus,
        "output_data_dir": values["SM_OUTPUT_DATA_DIR"],
        "output_dir": values["SM_OUTPUT_DIR"],
        "resource_config": resources,
        "user_entry_point": program,
    }
    return {key: _as_text(value) for key, value in values.items()}


def count_gpus() -> int:
    """GPUs that nvidia-smi lists; 0 where there is none."""
    try:
        listed = subprocess.run(["nvidia-smi", "--list-gpus"], capture_output=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return len([line for line in listed.stdout.splitlines() if line.startswith(b"GPU ")])


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True) if not _plain(value) else str(value)


def _plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float))


def _read_json(path: str) -> Dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        return json.load(file)
