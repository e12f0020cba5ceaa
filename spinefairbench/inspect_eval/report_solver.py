"""The call of the model: one report, never the copy of another one."""

from typing import Any

from spinefairbench.inspect_eval.inspect_library import (
    CachePolicy,
    Generate,
    Solver,
    TaskState,
    active_generate_config,
    get_model,
    solver,
)
from spinefairbench.release.request_map import Report
from spinefairbench.release.requests import own_seed

__all__ = ["one_report"]


@solver
def one_report() -> Solver:
    """Asks the model once.

    Pairs share sources, and each asks for a report of its own on the source: their differences are the noise floor.
    The calls are the same to the last byte, so a cache would answer all of them with one text, and so would most
    servers under one seed. Both are told apart by the report that is asked for, as requests of batch files are.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        report = Report(state.metadata["pair_id"], state.metadata["image"], state.epoch)
        config = get_model().config.merge(active_generate_config())
        options: dict[str, Any] = {}
        if config.seed is not None:
            options["seed"] = own_seed(config.seed, report.custom_id)
        if config.cache:
            policy = config.cache if isinstance(config.cache, CachePolicy) else CachePolicy()
            scopes = {**policy.scopes, "report": report.custom_id}
            options["cache"] = policy.model_copy(update={"scopes": scopes})
        return await generate(state, **options)

    return solve
