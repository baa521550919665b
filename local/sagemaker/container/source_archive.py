"""Fetches the user's source: a folder, a .tar.gz, or an S3 URI of one."""

import os
import shutil
import tarfile
import tempfile
from urllib.parse import urlparse


def fetch_source(uri: str, target: str) -> None:
    """Puts the source that `uri` names into the folder `target` (made when missing).

    Raises ValueError naming the URI when there is nothing, or nothing usable.
    """
    os.makedirs(target, exist_ok=True)
    if uri.startswith("s3://"):
        with tempfile.TemporaryDirectory() as folder:
            archive = os.path.join(folder, "source.tar.gz")
            _download(uri, archive)
            _extract(archive, target, uri)
    elif os.path.isdir(uri):
        if os.path.realpath(uri) != os.path.realpath(target):
            shutil.copytree(uri, target, dirs_exist_ok=True)
    elif os.path.isfile(uri):
        _extract(uri, target, uri)
    else:
        raise ValueError(f"The source directory {uri} does not exist.")


def _download(uri: str, path: str) -> None:
    place = urlparse(uri)
    try:
        import boto3
    except ImportError as error:
        raise ValueError(f"The source {uri} can't be downloaded: boto3 is not installed.") from error
    try:
        boto3.client("s3").download_file(place.netloc, place.path.lstrip("/"), path)
    except Exception as error:
        raise ValueError(
            f"The source {uri} can't be downloaded: {error} (a job with network isolation must get its source "
            "through an input channel)"
        ) from error


def _extract(archive: str, target: str, uri: str) -> None:
    try:
        with tarfile.open(archive, "r:*") as tar:
            if hasattr(tarfile, "data_filter"):
                tar.extractall(target, filter="data")
            else:
                tar.extractall(target)
    except tarfile.TarError as error:
        raise ValueError(f"The source {uri} is not a tar archive: {error}") from error
