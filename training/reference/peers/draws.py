"""The project's seeded random numbers (src/core/random.ts): Mulberry32, seeds by FNV-1a, Fisher-Yates."""

MASK = 0xFFFFFFFF


def numbers(seed):
    state = seed & MASK
    while True:
        state = (state + 0x6D2B79F5) & MASK
        t = (state ^ (state >> 15)) * (state | 1) & MASK
        t ^= (t + ((t ^ (t >> 7)) * (t | 61) & MASK)) & MASK
        yield (t ^ (t >> 14)) / 4294967296


def seed_for(seed, name):
    value = 0x811C9DC5 ^ (seed & MASK)
    for letter in name:
        value = (value ^ ord(letter)) * 0x01000193 & MASK
    value ^= value >> 15
    return value * 0x2C1B3C6D & MASK


def shuffled(seed, items):
    random, items = numbers(seed), list(items)
    for i in range(len(items) - 1, 0, -1):
        j = int(next(random) * (i + 1))
        items[i], items[j] = items[j], items[i]
    return items
