"""Closing ends in time, whatever the browser does."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import BrowserType, Page

from trainer import bootstrap
from trainer.adapters import playwright_stage
from trainer.adapters.playwright_browser import close_page, process_of
from trainer.adapters.playwright_stage import PlaywrightStage, Setting
from trainer.core.errors import BrokenEnvironment
from trainer.core.scenario import Seed

pytestmark = pytest.mark.browser


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        with suppress(OSError):  # the page that asked may be gone
            self.wfile.write(b"<p>page</p>")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_that_is_just_going_elsewhere_is_closed(page: Page, address: str) -> None:
    for pause in range(15):
        leaving = page.context.new_page()
        leaving.goto(address)
        leaving.evaluate("() => { setTimeout(() => location.assign('/?' + performance.now())) }")
        leaving.wait_for_timeout(pause)
        close_page(leaving)
        assert leaving.is_closed()


@pytest.mark.skipif(sys.platform == "win32", reason="stops a process by a signal")
def test_a_browser_that_no_longer_obeys_is_killed_and_named_as_the_cause(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playwright_stage, "CLOSE_SECONDS", 1.0)
    with bootstrap.passing_hrms() as process, bootstrap.control(process) as control:
        sandbox = control.create("web", "en", Seed(dataset="sales_two_openings", random=7)).id
        browser = browser_type.launch(**browser_type_launch_args)
        stage = PlaywrightStage(browser, Setting(process.base_url, control, lambda *_: None, "en"))
        stage.window(sandbox, "candidate")
        os.kill(process_of(browser), signal.SIGSTOP)
        stage.leave(sandbox, "test")
        with pytest.raises(BrokenEnvironment, match="The browser has ended"):
            stage.window(sandbox, "hr")
        stage.close()
