from typing import Final

from inspect_ai import Task as Task
from inspect_ai import task as task
from inspect_ai._util.error import PrerequisiteError as PrerequisiteError
from inspect_ai.dataset import MemoryDataset as MemoryDataset
from inspect_ai.dataset import Sample as Sample
from inspect_ai.model import CachePolicy as CachePolicy
from inspect_ai.model import ChatMessageSystem as ChatMessageSystem
from inspect_ai.model import ChatMessageUser as ChatMessageUser
from inspect_ai.model import Content as Content
from inspect_ai.model import ContentImage as ContentImage
from inspect_ai.model import ContentText as ContentText
from inspect_ai.model import get_model as get_model
from inspect_ai.model._generate_config import active_generate_config as active_generate_config
from inspect_ai.scorer import Metric as Metric
from inspect_ai.scorer import SampleScore as SampleScore
from inspect_ai.scorer import Score as Score
from inspect_ai.scorer import Scorer as Scorer
from inspect_ai.scorer import Target as Target
from inspect_ai.scorer import metric as metric
from inspect_ai.scorer import scorer as scorer
from inspect_ai.solver import Generate as Generate
from inspect_ai.solver import Solver as Solver
from inspect_ai.solver import TaskState as TaskState
from inspect_ai.solver import solver as solver

from spinefairbench.errors import SpineFairBenchError

PLACES: Final[dict[str, str]]

class MissingInspectError(SpineFairBenchError, ImportError): ...
