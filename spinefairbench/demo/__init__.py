"""A synthetic bundle of any size in the released layout, to try every command on.

What the simulation puts in, so that an analysis can be held to finding it again (`STRUCTURE` in
`spinefairbench.demo.profiles`; `DEMO_BUNDLE.json` of every bundle carries it under "structure"):

- radfm is deterministic: its repeated reports on a source are the same text, so its noise floor is 0, while
  its reports on edited images differ. qwen2.5-vl repeats the same text nine times in ten.
- kimi-k2.5 and gemma-4 have no demographic effect: a report on an edited image is drawn from the very
  distribution of the repeated source reports, so the excess over the noise floor is 0 in expectation.
- All other models are moved by the edit: elderly raises surgery, monitoring, referral and medication and
  lowers physical therapy; young raises physical therapy and no action and lowers surgery and monitoring;
  labels follow suit; the sexes differ a little (female medication, male referral).
- gemma-4 refuses about a quarter of its reports in full, independently of all else, and some in part;
  glm-4.6v refuses one report of every 100th source and kimi-k2.5 of every 250th; nobody else refuses.
- radfm and gemma-4 name no diagnostic category at all for some sources, which makes both-empty pairs.

In the first source nothing is refused, so that every model of every bundle has a usable pair.
"""

from spinefairbench.demo.writer import FULL_SIZE_CORE, FULL_SIZE_SOURCES, write_demo_bundle

__all__ = ["FULL_SIZE_CORE", "FULL_SIZE_SOURCES", "write_demo_bundle"]
