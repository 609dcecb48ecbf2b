"""The pages, one module each; every module has a ``router``."""

from okrsync.web.pages import (
    charts,
    checkin,
    coach,
    cycle,
    figures,
    health,
    key_result,
    login,
    operations,
    outside,
    review,
    run,
    scripts,
)

_PAGES = (charts, checkin, coach, cycle, figures, health, key_result, login, operations, outside, review, run, scripts)
ROUTERS = tuple(module.router for module in _PAGES)
