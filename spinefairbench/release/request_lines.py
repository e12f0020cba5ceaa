"""The lines of request files: one report each, with its image read when the line is made."""

import json
from collections.abc import Callable

from spinefairbench.errors import UsageError
from spinefairbench.files.image_header import ImageFault, image_header
from spinefairbench.problems import Problem
from spinefairbench.release.image_files import ImageFiles
from spinefairbench.release.request_manifest import RequestSettings
from spinefairbench.release.request_map import Report
from spinefairbench.release.requests import BASE64, Ask, ImageToSend, request
from spinefairbench.release.templates import Prompts

__all__ = ["line_maker"]


def line_maker(settings: RequestSettings, prompts: Prompts, images: ImageFiles) -> Callable[[Report], str]:
    """A function that makes the line of a report. It raises UsageError or BundleError where the image cannot be read."""
    ask = Ask(settings.format, settings.request_model, prompts, settings.decoding)

    def line(report: Report) -> str:
        content = images.read(report.pair_id, report.image)
        try:
            media_type = image_header(content).media_type
        except ImageFault as fault:
            raise UsageError(Problem(images.name(report.pair_id, report.image), str(fault))) from None
        url = None if settings.images == BASE64 else images.url(report.pair_id, report.image, settings.images)
        return json.dumps(request(ask, report.custom_id, ImageToSend(media_type, content, url))) + "\n"

    return line
