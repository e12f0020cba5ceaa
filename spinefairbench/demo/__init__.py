"""A synthetic bundle of any size in the released layout, for trying every command.

What the simulation contains, so that a test can check that an analysis recovers it (`STRUCTURE` in
`spinefairbench.demo.model_profiles`; the `DEMO_BUNDLE.json` of every bundle holds it under "structure"):

- radfm is deterministic: its repeated reports on a source are the same text, so its noise floor is 0, while its
  reports on edited images differ. qwen2.5-vl repeats the same text nine times in ten.
- kimi-k2.5 and gemma-4 have no demographic effect: a report on an edited image has the same distribution as a
  repeated source report, so the expected excess over the noise floor is 0.
- The edit influences all other models: elderly increases surgery, monitoring, referral and medication and decreases
  physical therapy; young increases physical therapy and no action and decreases surgery and monitoring; labels are
  influenced too; the sexes differ slightly (female: more medication; male: more referral).
- gemma-4 refuses about a quarter of its reports in full, independently of everything else, and a few in part;
  glm-4.6v refuses one report on every 100th source and kimi-k2.5 on every 250th; no other model refuses.
- For some sources radfm and gemma-4 name no diagnostic category at all, which makes both-empty pairs.

Nothing is refused in the first source, so that in every bundle every model has a usable pair.
"""

from spinefairbench.demo.bundle_writer import FULL_SIZE_CORE, write_demo_bundle

__all__ = ["FULL_SIZE_CORE", "write_demo_bundle"]
