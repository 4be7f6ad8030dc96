"""delay.py LISTEN TARGET MS: a line that is MS milliseconds long in each direction, and as wide as it gets."""
import asyncio, sys

LISTEN, TARGET, DELAY = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1000


async def carry(source, sink):
    loop, queue = asyncio.get_running_loop(), asyncio.Queue()

    async def deliver():
        while (item := await queue.get()) is not None:
            due, data = item
            await asyncio.sleep(max(0, due - loop.time()))
            sink.write(data)
            await sink.drain()
        sink.close()

    task = asyncio.create_task(deliver())
    try:
        while data := await source.read(1 << 16):
            await queue.put((loop.time() + DELAY, data))
    finally:
        await queue.put(None)
        await task


async def serve(reader, writer):
    try:
        there, back = await asyncio.open_connection("127.0.0.1", TARGET)
    except OSError:
        writer.close()
        return
    await asyncio.gather(carry(reader, back), carry(there, writer), return_exceptions=True)


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", LISTEN) as server:
        await server.serve_forever()


asyncio.run(main())
