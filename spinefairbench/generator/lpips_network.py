"""LPIPS with an AlexNet trunk that the user has; nothing is downloaded, and no pickle is opened."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.failures import CheckpointError, short_list
from spinefairbench.generator.libraries import ByteImage, Tensor, library, torch
from spinefairbench.generator.safetensors_files import load_tensors, tensor_shapes

__all__ = ["NO_TRUNK", "Lpips", "load_lpips", "lpips_distance"]


class Lpips(NamedTuple):
    """A loaded LPIPS network and the hash of the trunk file, or the reason why there is no network."""

    network: Callable[[Tensor, Tensor], Tensor] | None
    trunk_sha256: str | None
    reason: str


NO_TRUNK = Lpips(None, None, "no trunk file was given (--lpips-trunk)")


def load_lpips(trunk: Path | None) -> Lpips:
    """LPIPS with the AlexNet trunk of a user's safetensors file (torchvision's names); without one, `NO_TRUNK`.

    Who names a trunk asks for LPIPS: raises MissingLibraryError without the package, and CheckpointError for a trunk
    that is a pickle, unreadable or of other tensors.
    """
    if trunk is None:
        return NO_TRUNK
    shapes, _ = tensor_shapes(trunk)
    package = library("lpips")
    tensors = load_tensors(trunk)
    network = package.LPIPS(net="alex", pretrained=True, pnet_rand=True, pnet_tune=False, verbose=False)
    wanted = {}
    for name, parameter in network.net.named_parameters():
        # The package spreads torchvision's `features.N` over slices that keep the number N.
        wanted["features." + ".".join(name.split(".")[-2:])] = parameter
    missing = set(wanted) - set(shapes)
    if missing or any(tuple(wanted[name].shape) != shapes[name] for name in wanted):
        raise CheckpointError(
            f"{trunk.name}: is not an AlexNet trunk with torchvision's names: missing or of another shape:"
            f" {short_list(missing) or 'shapes differ'}"
        )
    with torch.no_grad():
        for name, parameter in wanted.items():
            parameter.copy_(tensors[name])
    network.eval()
    return Lpips(network, sha256_of_file(trunk), "")


def lpips_distance(network: Callable[[Tensor, Tensor], Tensor], source: ByteImage, edit: ByteImage) -> float:
    """The LPIPS distance of two images of one shape (Zhang, Isola, Efros, Shechtman and Wang 2018)."""

    def tensor(image: ByteImage) -> Tensor:
        return torch.from_numpy(image.astype("float32") / 127.5 - 1).expand(1, 3, *image.shape)

    with torch.no_grad():
        return float(network(tensor(source), tensor(edit)).item())
