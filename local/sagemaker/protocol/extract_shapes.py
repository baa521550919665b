"""Writes shapes.json: what the operations of this service take and give, from botocore's model of SageMaker.

    python local/sagemaker/protocol/extract_shapes.py > local/sagemaker/protocol/shapes.json

botocore is under the Apache License 2.0. Only names, types and constraints are kept, no documentation.
"""

import json
import sys

import botocore
import botocore.session

OPERATIONS = (
    [verb + noun for noun in ("TrainingJob", "ProcessingJob") for verb in ("Create", "Describe", "Stop")]
    + [verb + noun for noun in ("Model", "EndpointConfig", "Endpoint") for verb in ("Create", "Describe", "Delete")]
    + ["ListTrainingJobs", "ListProcessingJobs", "ListModels", "ListEndpointConfigs", "ListEndpoints"]
    + ["UpdateEndpoint", "UpdateEndpointWeightsAndCapacities", "AddTags", "ListTags", "DeleteTags"]
)
KEPT = ("type", "required", "min", "max", "pattern", "enum")


def extract() -> dict:
    model = botocore.session.get_session().get_component("data_loader").load_service_model("sagemaker", "service-2")
    shapes: dict = {}

    def visit(name: str) -> str:
        if name not in shapes:
            source = model["shapes"][name]
            shape = shapes[name] = {key: source[key] for key in KEPT if key in source}
            if "members" in source:
                shape["members"] = {key: visit(member["shape"]) for key, member in source["members"].items()}
            for key in ("member", "key", "value"):
                if key in source:
                    shape[key] = visit(source[key]["shape"])
        return name

    operations = {}
    for name in sorted(OPERATIONS):
        source = model["operations"][name]
        operations[name] = {"input": visit(source["input"]["shape"])}
        if "output" in source:
            operations[name]["output"] = visit(source["output"]["shape"])
    return {
        "source": f"botocore {botocore.__version__} (Apache-2.0), sagemaker {model['metadata']['apiVersion']}",
        "operations": operations,
        "shapes": dict(sorted(shapes.items())),
    }


if __name__ == "__main__":
    json.dump(extract(), sys.stdout, indent=2)
    sys.stdout.write("\n")
