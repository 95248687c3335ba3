"""Clients of the votes that lose their connection again and again: four programs that share nothing but docs/protocol.md."""

import asyncio
import json
import random
import subprocess
import threading
import time

import aiohttp
import websockets
import websockets.asyncio.client

from .door import Door
from .wire import Fold, events_of

SUBPROTOCOL = "plenary.v1"


class Goal:
    """Where everybody is to arrive; unknown until the last event happened."""

    def __init__(self):
        self.seq = None

    def is_reached(self, fold):
        return self.seq is not None and fold.seq == self.seq


class Listener:
    """One client. `drops` counts how often it lost its connection, `failure` what was wrong."""

    def __init__(self, daemon, hall, goal, seed, patience=25):
        self.daemon, self.hall, self.goal = daemon, hall, goal
        self.random, self.patience = random.Random(seed), patience
        self.fold, self.drops, self.failure = Fold(), 0, None

    def lives(self):
        """Messages until the next loss; once the goal is known it holds."""
        return 1 << 60 if self.goal.seq is not None else self.random.randint(1, self.patience)

    @property
    def name(self):
        return type(self).__name__

    @property
    def events_path(self):
        return f"/live/{self.hall}/events"

    async def pause(self):
        self.drops += 1
        await asyncio.sleep(self.random.random() * 0.2)


class WebSocketsClient(Listener):
    """The Python package `websockets`; it hangs up without a word."""

    async def run(self):
        while not self.goal.is_reached(self.fold):
            try:
                socket = await websockets.asyncio.client.connect(
                    f"ws://{self.daemon.events_address}{self.events_path}{self.fold.query}", subprotocols=[SUBPROTOCOL], open_timeout=60)
                assert socket.subprotocol == SUBPROTOCOL
                left = self.lives()
                try:
                    while left > 0 and not self.goal.is_reached(self.fold):
                        # A message that never comes is asked for anew: the goal may be known since.
                        self.fold.take(await asyncio.wait_for(socket.recv(), 15))
                        left -= 1
                finally:
                    socket.transport.abort()
            except (OSError, asyncio.TimeoutError, websockets.exceptions.WebSocketException):
                pass
            await self.pause()


class AiohttpClient(Listener):
    """The Python package `aiohttp`, another implementation; it says goodbye."""

    async def run(self):
        async with aiohttp.ClientSession() as session:
            while not self.goal.is_reached(self.fold):
                try:
                    async with session.ws_connect(
                            f"http://{self.daemon.events_address}{self.events_path}{self.fold.query}", protocols=[SUBPROTOCOL]) as socket:
                        left = self.lives()
                        while left > 0 and not self.goal.is_reached(self.fold):
                            message = await socket.receive(15)
                            if message.type is not aiohttp.WSMsgType.TEXT:
                                break
                            self.fold.take(message.data)
                            left -= 1
                except (OSError, asyncio.TimeoutError, aiohttp.ClientError):
                    pass
                await self.pause()


class CurlClient(Listener):
    """`curl --no-buffer` on the server-sent events; it is killed."""

    def run(self):
        name = None
        while not self.goal.is_reached(self.fold):
            again = ["-H", f"Last-Event-ID: {name}"] if name else []
            # A tick every ten seconds: whoever is at the goal hears it.
            with subprocess.Popen(
                    ["curl", "-sN", "--max-time", "15", *again, f"http://{self.daemon.address}{self.events_path}"],
                    stdout=subprocess.PIPE, text=True) as curl:
                left = self.lives()
                for identity, data in events_of(curl.stdout):
                    self.fold.take(data)
                    name, left = identity or name, left - 1
                    if left <= 0 or self.goal.is_reached(self.fold):
                        break
                curl.kill()
            self.drops += 1
            time.sleep(self.random.random() * 0.2)


class StateClient(Listener):
    """The cacheable state over HTTP; it asks, and sometimes does not wait for the answer."""

    def run(self):
        while not self.goal.is_reached(self.fold):
            door = Door(self.daemon.address)
            try:
                for _ in range(min(self.lives(), 1000)):
                    place = f"{self.fold.epoch}/{self.fold.seq}" if self.fold.epoch else "-/0"
                    reply = door.get(f"/live/{self.hall}/state/{place}", timeout=self.random.choice((0.05, 30)))
                    if reply.status != 200:
                        break
                    for text in array(reply.text):
                        self.fold.take(text)
                    if self.goal.is_reached(self.fold):
                        return
            except OSError:
                pass
            finally:
                door.close()
            self.drops += 1
            time.sleep(self.random.random() * 0.2)


def array(text):
    """The elements of a JSON array as they are written."""
    decoder, position, found = json.JSONDecoder(), text.index("[") + 1, []
    while text[position] != "]":
        _, end = decoder.raw_decode(text, position)
        found.append(text[position:end])
        position = end + (text[end] == ",")
    return found


def listen(listeners):
    """Starts all of them; what waits until every one is at the goal."""
    together = [one for one in listeners if asyncio.iscoroutinefunction(one.run)]

    def guarded(one, work):
        try:
            work()
        except BaseException as error:
            one.failure = error

    async def on_one_loop():
        async def watched(one):
            try:
                await one.run()
            except Exception as error:
                one.failure = error
        await asyncio.gather(*(watched(one) for one in together))

    threads = [threading.Thread(target=lambda: asyncio.run(on_one_loop()), daemon=True)]
    threads += [threading.Thread(target=guarded, args=(one, one.run), daemon=True) for one in listeners if one not in together]
    for thread in threads:
        thread.start()

    def join(timeout):
        deadline = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    return join
