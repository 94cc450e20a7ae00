"""What belongs to the process: its clock, its log, its control socket."""
