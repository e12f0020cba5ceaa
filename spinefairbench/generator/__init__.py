"""The optional counterfactual generator: demographic edits of spine radiographs, and their quality control.

The core never imports this package, and nothing here is imported by importing it. Prompts, configuration,
checkpoint inspection and the dry runs need the standard library only; inference and quality control need the
libraries of requirements-generator.txt, which are imported where they are used.
"""

__all__: list[str] = []
