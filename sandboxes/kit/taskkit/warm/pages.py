"""Puts the memory of this process into huge pages, so that a fork of it has fewer to copy the entries of."""

import ctypes

# From the kernel's mman.h; since Linux 6.1. An older kernel refuses it, and forks are a little slower.
MADV_COLLAPSE = 25
HUGE_BYTES = 2 << 20


def collapse() -> None:
    """Ask for huge pages wherever memory without a file behind it is large enough."""
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    with open("/proc/self/maps") as file:
        lines = file.read().splitlines()
    for line in lines:
        addresses, rights, _, _, _, *name = line.split(maxsplit=5)
        if rights != "rw-p" or name not in ([], ["[heap]"]):
            continue
        start, end = (int(address, 16) for address in addresses.split("-"))
        start, end = -(-start // HUGE_BYTES) * HUGE_BYTES, end // HUGE_BYTES * HUGE_BYTES
        if start < end:
            libc.madvise(start, end - start, MADV_COLLAPSE)
