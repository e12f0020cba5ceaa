"""What the programs that run models write, a module for each format; all of it comes out as `RunnerReport`."""
