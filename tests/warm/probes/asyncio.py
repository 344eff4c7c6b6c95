import asyncio
async def main():
    await asyncio.sleep(0.01)
    task = asyncio.create_task(asyncio.sleep(10))
    process = await asyncio.create_subprocess_exec("/bin/sh", "-c", "echo from a child", stdout=asyncio.subprocess.PIPE)
    print((await process.communicate())[0], process.returncode)
    asyncio.get_running_loop().create_future()
    raise ValueError("in a coroutine")
asyncio.run(main())
