"""What `scripts/benchmark_generator.py` measures, a module for each kind of measurement."""
