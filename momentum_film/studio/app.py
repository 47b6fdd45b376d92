"""The studio's answers: the page, what is on the desk, films as they are made, files."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from momentum_film.studio.beginnings import samples, starts
from momentum_film.studio.checked import form_schema, mathematics
from momentum_film.studio.desk import DeskError, StaleError
from momentum_film.studio.document import EditError, edits_of
from momentum_film.studio.page import page
from momentum_film.studio.studio import Studio
from momentum_film.studio.work import Look
from momentum_math import ExperimentError
from momentum_math.shipped_experiments import EXPERIMENTS

PULSE_SECONDS = 0.1
QUIET_SECONDS = 10.0
LOST = PlainTextResponse("there is no such file\n", 404)
Answer = Callable[[Request], Awaitable[Response]]


def application(studio: Studio) -> Starlette:
    """What a server serves; everything that is changed is changed by a POST of JSON."""
    there = _Answers(studio)
    routes = [
        Route("/", there.page),
        Route("/about", there.about),
        Route("/state", there.state),
        Route("/events", there.events),
        Route("/strip", there.strip),
        Route("/mathematics/{name}", there.mathematics),
        Route("/film/{number:int}", there.film),
        Route("/film/{number:int}/beat/{beat:int}", there.picture),
        Route("/files/{film}/{name}", there.file),
        *(
            Route(f"/{name}", _changing(change), methods=["POST"])
            for name, change in there.changes().items()
        ),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _refused})


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse(f"{error.detail.lower()}\n", error.status_code)


def _changing(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    """An answer to JSON, which says in one line what cannot be done."""

    async def answer(request: Request) -> Response:
        try:
            told = json.loads(await request.body())
            if not isinstance(told, dict):
                raise EditError("JSON must be an object")
            return JSONResponse(await run_in_threadpool(change, told))
        except StaleError as error:
            return JSONResponse({"error": str(error)}, 409)
        except ExperimentError as error:
            return JSONResponse({"error": error.messages[0]}, 422)
        except (EditError, DeskError) as error:
            return JSONResponse({"error": str(error)}, 422)
        except (ValueError, RecursionError):
            return JSONResponse({"error": "this is no JSON"}, 400)

    return answer


class _Answers:
    """One function for each address."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def changes(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """What can be asked for, by its address."""
        return {
            "edit": self._edit,
            "save-as": self._save_as,
            "open": self._open,
            "play": self._play,
            "stop": self._stop,
            "make": self._make,
            "command": self._command,
        }

    # --- reading -----------------------------------------------------------------------------

    async def page(self, _: Request) -> Response:
        html, policy = page()
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    async def about(self, _: Request) -> Response:
        """What does not change as long as the studio is open."""
        return JSONResponse(
            {
                "schema": form_schema(),
                "samples": samples(),
                "starts": starts(),
                "looks": Look.options(),
                "formats": self._studio.formats(),
                "shipped": sorted(path.stem for path in EXPERIMENTS.glob("*.toml")),
            }
        )

    async def state(self, _: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._studio.told))

    async def mathematics(self, request: Request) -> Response:
        """What the page computes with while something is dragged."""
        found = self._studio.desk.sheet.drawable()
        script, name = mathematics(found) if found else ("", "")
        is_known = script and name == request.path_params["name"]
        return Response(script, media_type="text/javascript") if is_known else LOST

    async def events(self, _: Request) -> Response:
        return StreamingResponse(self._pulses(), media_type="text/event-stream")

    async def _pulses(self) -> AsyncIterator[str]:
        last, silent = "", 0.0
        while not self._studio.ended.is_set():
            now = json.dumps(self._studio.pulse())
            silent += PULSE_SECONDS
            if now != last:
                yield f"data: {now}\n\n"
                last, silent = now, 0.0
            elif silent > QUIET_SECONDS:
                yield ": still here\n\n"
                silent = 0.0
            await asyncio.sleep(PULSE_SECONDS)

    async def strip(self, request: Request) -> Response:
        try:
            look = _look(dict(request.query_params))
            return JSONResponse(await run_in_threadpool(self._studio.strip, look))
        except DeskError as error:
            return JSONResponse({"error": str(error)})

    async def film(self, request: Request) -> Response:
        film = self._studio.film_numbered(request.path_params["number"])
        if film is None:
            return LOST
        stream = film.stream()
        kind = await anext(stream, None)
        if not isinstance(kind, str):
            return PlainTextResponse(f"{film.failure or 'this film was cancelled'}\n", 410)
        return StreamingResponse(stream, media_type=kind)

    async def picture(self, request: Request) -> Response:
        film, made = self._studio.film_numbered(request.path_params["number"]), None
        if film is not None:
            with contextlib.suppress(IndexError):
                made = await run_in_threadpool(film.picture, request.path_params["beat"])
        return Response(made, media_type="image/webp") if made else LOST

    async def file(self, request: Request) -> Response:
        path = self._studio.published(request.path_params["film"], request.path_params["name"])
        return FileResponse(path) if path else LOST

    # --- changing ----------------------------------------------------------------------------

    def _edit(self, told: dict[str, Any]) -> dict[str, Any]:
        desk, base = self._studio.desk, told.get("base")
        gesture = str(told.get("gesture", ""))
        if told.get("step") in (-1, 1):
            desk.step(told["step"])
        elif not isinstance(base, int):
            raise EditError("base must be the revision that was changed")
        elif isinstance(text := told.get("text"), str):
            desk.type(text, base, gesture)
        else:
            desk.edit(edits_of(told.get("edits")), base, gesture)
        return self._studio.told()

    def _save_as(self, told: dict[str, Any]) -> dict[str, Any]:
        self._studio.desk.save_as(str(told.get("name", "")))
        return self._studio.told()

    def _open(self, told: dict[str, Any]) -> dict[str, Any]:
        """Open a shipped experiment, or a file where new ones go."""
        name = str(told.get("name", ""))
        shipped = {path.stem: path for path in EXPERIMENTS.glob("*.toml")}
        own = {path.name: path for path in self._studio.desk.folder.glob("*.toml")}
        path = own.get(name) or shipped.get(name)
        if path is None:
            raise DeskError(f"there is no {name} here; it is one of {', '.join(sorted(shipped))}")
        self._studio.desk.open(path)
        return self._studio.told()

    def _play(self, told: dict[str, Any]) -> dict[str, Any]:
        return self._studio.play(_look(told), str(told.get("chapter", "")))

    def _stop(self, _: dict[str, Any]) -> dict[str, Any]:
        self._studio.stop()
        return self._studio.pulse()

    def _make(self, told: dict[str, Any]) -> dict[str, Any]:
        self._studio.make(_look(told), _formats(told))
        return self._studio.pulse()

    def _command(self, told: dict[str, Any]) -> dict[str, Any]:
        return {"command": self._studio.command(_look(told), _formats(told))}


def _formats(told: dict[str, Any]) -> frozenset[str]:
    named = told.get("formats", [])
    return frozenset(map(str, named)) if isinstance(named, list) else frozenset()


def _look(told: dict[str, Any]) -> Look:
    """How a film is to look, where it is said; DeskError if there is no such look."""
    options = Look.options()
    said = {key: told[key] for key in options if key in told}
    for key, value in said.items():
        if value not in options[key]:
            raise DeskError(f"{key} is one of {', '.join(options[key])}")
    return Look(**said)
