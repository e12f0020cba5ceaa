"""The ways in which a generator run can be refused, each a value that a caller can test."""

from spinefairbench.errors import SpineFairBenchError

__all__ = [
    "CheckpointError",
    "ConfigError",
    "DeviceError",
    "InputError",
    "LaunchError",
    "MissingLibraryError",
]


class ConfigError(SpineFairBenchError):
    """A configuration has an unknown key, a wrong type or a value out of range; each problem names the key."""


class CheckpointError(SpineFairBenchError):
    """A checkpoint or base model is not what it should be, or was not loaded completely."""


class InputError(SpineFairBenchError):
    """A radiograph or mask cannot be used."""


class DeviceError(SpineFairBenchError):
    """The device asked for is not there, or has too little memory for one image."""


class LaunchError(SpineFairBenchError):
    """A launch over several processes did not give the processes it promised, or one of them failed."""


class MissingLibraryError(SpineFairBenchError):
    """An optional library is not installed; the problem says how to install it."""
