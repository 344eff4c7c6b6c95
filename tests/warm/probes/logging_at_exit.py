import logging, logging.handlers, sys
logging.warning("to standard error")
memory = logging.handlers.MemoryHandler(100, target=logging.StreamHandler(sys.stdout))
logger = logging.getLogger("own")
logger.propagate = False
logger.addHandler(memory)
logger.error("flushed at exit by %s", "logging")
logging.getLogger("unconfigured").info("unseen")
print(logging.getLogger().level, logging.getLogger().handlers, logging.lastResort)
print(sorted(name for name, it in logging.root.manager.loggerDict.items() if getattr(it, "handlers", None)))
logging.getLogger("third").error("%d", "not a number")
