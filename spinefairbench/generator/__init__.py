"""The optional counterfactual generator: demographic edits of spine radiographs, and their quality control.

The core never imports this package, and importing it imports nothing else. Prompts, configuration, checkpoint
inspection and the dry runs need the standard library alone. Inference and quality control need the libraries in
requirements-generator.txt, which are imported when they are first used.
"""

__all__: list[str] = []
