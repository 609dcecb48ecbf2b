"""The JSON API: what the pages show, for programs, and the one thing they may say: a check-in."""

from okrsync.web.api import asking, running, saying

ROUTERS = (asking.router, running.router, saying.router)
