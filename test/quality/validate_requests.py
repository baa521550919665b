"""Validates AWS requests against botocore's service models.

Reads a JSON array from stdin, one object per request:
  service     botocore's name of the service, e.g. "sagemaker"
  operation   name of the operation in any capitalisation of its first letter, e.g. "createTrainingJob"
  parameters  the request
  where       where it is made, for the report
Writes a JSON array of {"where", "problem"} to stdout. Checked: operation and member names, required members, types,
ranges, lengths, patterns and enums. A string "{% ... %}" is a JSONata expression: it may become any value of its
member's type. A binary value arrives as {"$bytes": length}, a time as {"$time": "ISO 8601"}.
"""

import json
import sys

import botocore.session
import regex

SERIALISED = ("messagebody", "detail", "input", "message")
SESSION = botocore.session.get_session()
MODELS = {}


def service_model(name):
    if name not in MODELS:
        MODELS[name] = SESSION.get_service_model(name)
    return MODELS[name]


def is_expression(value):
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def is_intrinsic(value):
    """CloudFormation's own placeholder for a string that is known when the stack is deployed."""
    return isinstance(value, str) and "${" in value


def check(shape, value, path):
    """Yields the problems of a value, each with the path to the member."""
    if is_expression(value):
        return
    kind = shape.type_name
    if kind == "structure":
        yield from check_structure(shape, value, path)
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path}: expected a list, got {show(value)}"
            return
        yield from check_size(shape, len(value), path, "items")
        for index, item in enumerate(value):
            yield from check(shape.member, item, f"{path}[{index}]")
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{path}: expected a map, got {show(value)}"
            return
        yield from check_size(shape, len(value), path, "entries")
        for key, item in value.items():
            yield from check(shape.key, key, f"{path} key {key!r}")
            yield from check(shape.value, item, f"{path}.{key}")
    else:
        yield from check_scalar(shape, kind, value, path)


def check_structure(shape, value, path):
    if not isinstance(value, dict):
        yield f"{path}: expected an object, got {show(value)}"
        return
    given = {}
    for name, member in value.items():
        # Step Functions writes every member with a capital, the models of some services don't.
        known = next((n for n in (name, name[0].lower() + name[1:]) if n in shape.members), None)
        if known is None:
            yield f"{path}.{name}: unknown member of {shape.name}; it has {', '.join(shape.members)}"
        else:
            given[known] = member
    for name in shape.required_members:
        if name not in given:
            yield f"{path}.{name}: required by {shape.name} and missing"
    if getattr(shape, "is_tagged_union", False) and len(given) != 1:
        yield f"{path}: {shape.name} takes exactly one of {', '.join(shape.members)}"
    for name, member in given.items():
        yield from check(shape.members[name], member, f"{path}.{name}")


def check_scalar(shape, kind, value, path):
    if kind in ("integer", "long", "float", "double"):
        whole = kind in ("integer", "long")
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            yield f"{path}: expected {'a whole number' if whole else 'a number'}, got {show(value)}"
            return
        yield from check_range(shape, value, path)
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield f"{path}: expected true or false, got {show(value)}"
    elif kind == "timestamp":
        if not isinstance(value, (str, int, float)) and not is_marker(value, "$time"):
            yield f"{path}: expected a time, got {show(value)}"
    elif kind == "blob":
        # Step Functions takes any JSON for the payload of a call.
        return
    elif kind == "string":
        yield from check_string(shape, value, path)
    else:
        yield f"{path}: the type {kind} of {shape.name} is not known to this check"


def check_string(shape, value, path):
    if not isinstance(value, str):
        # Messages, event details and inputs of executions: Step Functions serialises an object by itself.
        if not (isinstance(value, dict) and path.rsplit(".", 1)[-1].lower() in SERIALISED):
            yield f"{path}: expected a string, got {show(value)}"
        return
    if is_intrinsic(value):
        return
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is not one of {', '.join(shape.enum)}"
    yield from check_size(shape, len(value), path, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not regex.fullmatch(pattern, value):
        yield f"{path}: {value!r} does not match {pattern}"


def check_size(shape, size, path, unit):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield f"{path}: {size} {unit}, at least {low} are needed"
    if high is not None and size > high:
        yield f"{path}: {size} {unit}, at most {high} are allowed"


def check_range(shape, value, path):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        yield f"{path}: {value} is below {low}"
    if high is not None and value > high:
        yield f"{path}: {value} is above {high}"


def is_marker(value, name):
    return isinstance(value, dict) and name in value


def show(value):
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."


def problems_of(request):
    service, operation = request["service"], request["operation"]
    try:
        model = service_model(service)
    except botocore.exceptions.UnknownServiceError:
        return [f"botocore knows no service {service!r}"]
    name = operation[0].upper() + operation[1:]
    if name not in model.operation_names:
        return [f"{service} has no operation {name!r}"]
    shape = model.operation_model(name).input_shape
    if shape is None:
        return [f"{name} takes no parameters"] if request["parameters"] else []
    return list(check(shape, request["parameters"], name))


def main():
    report = [
        {"where": request["where"], "problem": problem}
        for request in json.load(sys.stdin)
        for problem in problems_of(request)
    ]
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
