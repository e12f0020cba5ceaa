"""An edit as DICOM: a Secondary Capture image that says that it is derived and synthetic, and nothing of its source.

Every attribute is made here; none is copied from a radiograph. So there is no reference to the source image either
(Source Image Sequence would hold its identifiers), no date and no pixel spacing, as a square has lost its own.
"""

import io
import json
import uuid
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from spinefairbench.generator.libraries import ByteImage, library
from spinefairbench.generator.manifests import Pair
from spinefairbench.generator.released import notice

__all__ = ["BURNED_IN", "dicom_bytes", "instance_uid"]

BURNED_IN: Final = ("YES", "NO")

_RULE: Final = "spinefairbench-dicom-v1"
_SECONDARY_CAPTURE: Final = "1.2.840.10008.5.1.4.1.1.7"
_EXPLICIT_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2.1"
_MOST_LETTERS: Final = 1024
"""Of a Short Text (DICOM PS3.5, table 6.2-1)."""


def _uid(*parts: str) -> str:
    """A UID of the form 2.25 (PS3.5, annex B.2) from a hash: the same for the same parts, and new for any others."""
    digest = sha256(json.dumps([_RULE, *parts], separators=(",", ":")).encode("ascii")).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=5).int}"


def instance_uid(sidecar: Mapping[str, Any]) -> str:
    """The SOP instance UID of an image: the same for the same image made from the same, and for no other."""
    return _uid("instance", sidecar["fingerprint"], str(sidecar["image"].get("pixels_sha256")))


def dicom_bytes(pair: Pair, pixels: ByteImage, sidecar: Mapping[str, Any], number: int, burned_in: str) -> bytes:
    """The file of one edit, the same bytes for the same image; `number` is its place among its source's.

    `burned_in` is one of `BURNED_IN`: whether the pixels show who the patient is, which is not found out here. Raises
    MissingLibraryError without pydicom.
    """
    pydicom = library("pydicom")
    made_from = sidecar["made_from"]
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = _SECONDARY_CAPTURE
    dataset.file_meta.MediaStorageSOPInstanceUID = instance_uid(sidecar)
    dataset.file_meta.TransferSyntaxUID = _EXPLICIT_LITTLE_ENDIAN
    source = str(made_from["source"].get("sha256"))
    height, width = pixels.shape
    values = {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["DERIVED", "SECONDARY"],
        "SOPClassUID": _SECONDARY_CAPTURE,
        "SOPInstanceUID": instance_uid(sidecar),
        # Attributes of type 2: present, and empty where nothing may be said.
        **dict.fromkeys(("StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "StudyID"), ""),
        **dict.fromkeys(("PatientID", "PatientBirthDate", "PatientSex", "PatientOrientation", "Laterality"), ""),
        "PatientName": "Synthetic^Edit",
        "PatientIdentityRemoved": "YES",
        "DeidentificationMethod": "Made anew; no attribute of a radiograph is copied",
        "StudyInstanceUID": _uid("study", source),
        "SeriesInstanceUID": _uid("series", source),
        "Modality": "OT",
        "ConversionType": "SYN",
        "SyntheticData": "YES",
        "ContentQualification": "RESEARCH",
        "SeriesDescription": "Synthetic demographic edits",
        "SeriesNumber": 1,
        "InstanceNumber": number,
        "DerivationDescription": _derivation(pair, made_from)[:_MOST_LETTERS],
        "ImageComments": notice(),
        "BurnedInAnnotation": burned_in,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": height,
        "Columns": width,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "PixelData": pixels.tobytes() + b"\0" * (pixels.size % 2),
    }
    for name, value in values.items():
        setattr(dataset, name, value)
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _derivation(pair: Pair, made_from: Mapping[str, Any]) -> str:
    config = made_from["config"]
    return (
        f"Synthetic image: Stable Diffusion image to image with a LoRA, arm {made_from.get('arm', 'edit')},"
        f" {pair.edit_label}, prompt {made_from.get('prompt')!r}, strength {config.get('strength')}, {config.get('steps')} steps,"
        f" guidance {config.get('guidance_scale')}, checkpoint SHA-256 {made_from['checkpoint'].get('sha256')}, base model"
        f" SHA-256 {made_from['base_model'].get('sha256')}. It shows no patient."
    )
