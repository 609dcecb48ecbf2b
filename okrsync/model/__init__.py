"""The frozen vocabulary: OKRs, work, samples, changes."""
