"""The OKR method: expectations, verdicts, attribution, forecasts, check-ins, the coach and the four figures. Pure."""
