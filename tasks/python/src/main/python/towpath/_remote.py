"""A project's tables through a running server, over HTTP."""

import http.client
import json
import shutil
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, List, Optional

from towpath._client import Lake, selected, typed_value
from towpath._errors import Problem, TowpathError

ARROW = "application/vnd.apache.arrow.stream"
SILENCE_SECONDS = 180.0
"""After so long without a byte a server hangs: it gives a query a minute, and answers everything else at once."""

POLL_SECONDS = (0.05, 0.1, 0.2, 0.5)


class Remote(Lake):
    """One environment of a project, as a server serves it."""

    streams = True

    def __init__(self, url: str, token: Optional[str]) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise TowpathError(
                "cannot connect to %s://: it is no server of Towpath" % parts.scheme,
                'give its address: towpath.connect("http://127.0.0.1:8787", token=...)',
            )
        if parts.username is not None or parts.password is not None:
            raise TowpathError("the address holds a name or a password", "give token=..., or set TOWPATH_TOKEN")
        if not token:
            raise TowpathError("a token is needed", 'set TOWPATH_TOKEN, or give token=...; "towpath token" prints it')
        if not token.isascii() or not token.isprintable() or " " in token:
            raise TowpathError("this is no token", '"towpath token" prints it')
        self.url = "%s://%s" % (parts.scheme, parts.netloc)
        self._token = token
        # a token goes to the server that it was given for, and nowhere else
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}) if parts.hostname in ("localhost", "127.0.0.1", "::1") else urllib.request.ProxyHandler(),
            NoRedirects(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        )

    def run(self, *selection: str, full: bool = False) -> "Dict[str, Any]":
        """Builds what is stale and publishes it, on the server; what ``towpath run --json`` says of it.

        Raises TowpathError, with all problems, when something failed; then nothing was published.
        """
        selected(selection)
        build = self._json("POST", "/api/v1/builds", {"select": list(selection), "full": full})
        path = "/api/v1/builds/" + urllib.parse.quote(str(build["id"]), safe="")
        looks = 0
        try:
            while build["state"] == "RUNNING":
                time.sleep(POLL_SECONDS[min(looks, len(POLL_SECONDS) - 1)])
                looks += 1
                build = self._json("GET", path)
        except KeyboardInterrupt:
            try:
                self._json("POST", path + "/cancel")
            except TowpathError as e:
                print("the run on the server could not be cancelled: %s" % e.message, file=sys.stderr)
            raise
        if build["state"] != "SUCCESS":
            problems = [problem(p) for p in build["problems"]]
            raise TowpathError(build["message"] or "the run failed", None, problems or None)
        return dict(build["result"])

    def tables(self) -> List[str]:
        """The names of the project's tables."""
        return [str(a["name"]) for a in self._json("GET", "/api/v1/assets")["assets"]]

    def _fetch(self, sql: str, params: Dict[str, Any], release: Optional[int], target: str) -> None:
        body: Dict[str, Any] = {"sql": sql}
        if params:
            body["params"] = {name: typed_value(v) for name, v in params.items()}
        if release is not None:
            body["release"] = int(release)
        with self._open("POST", "/api/v1/query", body, ARROW) as answer, open(target, "wb") as file:
            try:
                shutil.copyfileobj(answer, file, 1 << 20)
            except (OSError, http.client.HTTPException) as e:
                raise TowpathError("the result broke off: %s" % e, "ask for it again") from None
            expected = answer.headers.get("Content-Length")
            if expected is not None and file.tell() != int(expected):
                raise TowpathError("the result broke off", "ask for it again")

    def _json(self, method: str, path: str, body: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        with self._open(method, path, body, "application/json") as answer:
            try:
                return dict(json.loads(answer.read()))
            except (OSError, http.client.HTTPException) as e:
                raise TowpathError("the answer of %s broke off: %s" % (self.url, e), "ask for it again") from None

    def _open(self, method: str, path: str, body: Optional[Dict[str, Any]], accept: str) -> Any:
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Accept", accept)
        request.add_unredirected_header("Authorization", "Bearer " + self._token)
        if body is not None:
            request.data = json.dumps(body).encode("utf-8")
            request.add_header("Content-Type", "application/json")
        try:
            return self._opener.open(request, timeout=SILENCE_SECONDS)
        except urllib.error.HTTPError as e:
            raise failure(e) from None
        except (urllib.error.URLError, OSError, http.client.HTTPException) as e:
            reason = getattr(e, "reason", e)
            raise TowpathError("%s does not answer: %s" % (self.url, reason), 'start it: "towpath serve"') from None

    def __repr__(self) -> str:
        return "<towpath lake at %s>" % self.url


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A server of Towpath never sends its clients elsewhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def problem(p: Dict[str, Any]) -> Problem:
    return Problem(p["message"], p.get("hint"), p.get("file"), p.get("line") or 0, p.get("column") or 0)


def failure(e: urllib.error.HTTPError) -> TowpathError:
    """What a server answered when it refused, as an exception."""
    try:
        body = json.loads(e.read())
        detail, hint = str(body["detail"]), body.get("hint")
        problems = [problem(p) for p in body.get("errors", []) if "message" in p]
    except (ValueError, KeyError, TypeError, OSError):
        return TowpathError("the server answered %d %s" % (e.code, e.reason), "is it a server of Towpath?")
    finally:
        e.close()
    return TowpathError(problems[0].message if problems else detail, problems[0].hint if problems else hint, problems or None)
