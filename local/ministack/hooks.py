"""What the laptop runtime changes in MiniStack, and the check that a release still has every name it changes."""

import importlib

import alarms
import delivery
import lambda_workers
import queue_metrics
import sagemaker_tasks
import state_machines

PARTS = (alarms, delivery, lambda_workers, queue_metrics, sagemaker_tasks, state_machines)


def missing_names() -> list[str]:
    """`module.name` of everything that a part hooks or calls and that this release lacks."""
    missing = []
    for part in PARTS:
        for module_name, names in part.NAMES.items():
            try:
                module = importlib.import_module(f"ministack.{module_name}")
            except ImportError:
                missing.append(f"ministack.{module_name}")
                continue
            missing += [f"ministack.{module_name}.{name}" for name in names if not _has(module, name)]
        missing += getattr(part, "missing_texts", list)()
    return missing


def _has(module, dotted: str) -> bool:
    for name in dotted.split("."):
        if not hasattr(module, name):
            return False
        module = getattr(module, name)
    return True


def install(gateway_url: str) -> None:
    for part in PARTS:
        part.install(gateway_url)
