"""Many municipalities: plan, warm workers, resume, quarantine, progress, summary."""
