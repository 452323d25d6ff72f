"""The compiled engine: an event loop with timers and queues of its own."""
