"""The dashboard, its API and the webhooks: doors that people and trackers knock at over HTTP."""
