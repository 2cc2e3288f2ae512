"""FMCSA facts, the driver pool, matching, signals and spikes."""
