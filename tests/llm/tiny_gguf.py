"""Makes a language model of noise: `python3 tiny_gguf.py FILE` writes the same bytes on every machine.

A file that llama.cpp loads as any other model: a `llama` of one layer, its vocabulary bytes, characters and pairs of letters,
its weights uniform around zero. It infers for real and means nothing. Only the standard library is used, and of `random`
only `Random.random`, whose sequence Python promises to keep. The format is GGUF, version 3:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import random
import struct
import sys
from array import array

# Small, except for the context: prompts of agents have tens of thousands of characters. Reading one takes time that grows
# with the square of its tokens and with the number of heads, so there is one, and pairs of letters are tokens.
WIDTH, LAYERS, HEADS, HIDDEN, CONTEXT = 32, 1, 1, 64, 131072
LETTERS = "\u2581abcdefghijklmnopqrstuvwxyz"

# Codes of the format.
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
F32 = 0
ALIGNMENT = 32

# Kinds of tokens, and the ids of the first three.
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
UNKNOWN_ID, START_ID, END_ID = 0, 1, 2

# Plain words instead of control tokens: grammars of llama.cpp reject a prompt that ends with one of those.
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def number(value: int) -> bytes:
    return struct.pack("<II", UINT32, value)


def string(value: str) -> bytes:
    return struct.pack("<I", STRING) + text(value)


def many(kind: int, items: list[bytes]) -> bytes:
    return struct.pack("<IIQ", ARRAY, kind, len(items)) + b"".join(items)


def vocabulary() -> list[tuple[str, int, float]]:
    """Token, kind and score: bytes, characters, and pairs of letters, which win over both. U+2581 is a space."""
    tokens = [("<unk>", UNKNOWN, 0.0), ("<s>", CONTROL, 0.0), ("</s>", CONTROL, 0.0)]
    tokens += [(f"<0x{byte:02X}>", BYTE, 0.0) for byte in range(256)]
    for code in range(32, 127):
        tokens.append(("\u2581" if code == 32 else chr(code), NORMAL, -float(code)))
    tokens += [(first + second, NORMAL, -1.0) for first in LETTERS for second in LETTERS]
    return tokens


def metadata(tokens: list[tuple[str, int, float]]) -> dict[str, bytes]:
    return {
        "general.architecture": string("llama"),
        "general.name": string("noise"),
        "general.file_type": number(0),
        "llama.context_length": number(CONTEXT),
        "llama.embedding_length": number(WIDTH),
        "llama.block_count": number(LAYERS),
        "llama.feed_forward_length": number(HIDDEN),
        "llama.attention.head_count": number(HEADS),
        "llama.attention.head_count_kv": number(1),
        "llama.attention.layer_norm_rms_epsilon": struct.pack("<If", FLOAT32, 1e-5),
        "llama.rope.dimension_count": number(WIDTH // HEADS),
        "llama.vocab_size": number(len(tokens)),
        "tokenizer.ggml.model": string("llama"),
        "tokenizer.ggml.tokens": many(STRING, [text(token) for token, _, _ in tokens]),
        "tokenizer.ggml.scores": many(FLOAT32, [struct.pack("<f", score) for _, _, score in tokens]),
        "tokenizer.ggml.token_type": many(INT32, [struct.pack("<i", kind) for _, kind, _ in tokens]),
        "tokenizer.ggml.bos_token_id": number(START_ID),
        "tokenizer.ggml.eos_token_id": number(END_ID),
        "tokenizer.ggml.unknown_token_id": number(UNKNOWN_ID),
        # A space before a prompt would be a part of its first token, which grammars then do not know.
        "tokenizer.ggml.add_space_prefix": struct.pack("<I?", BOOL, False),
        "tokenizer.chat_template": string(TEMPLATE),
    }


def tensors(words: int) -> dict[str, tuple[int, ...]]:
    """Shapes, the dimension that is contiguous in memory first."""
    head = WIDTH // HEADS
    shapes = {"token_embd.weight": (WIDTH, words), "output_norm.weight": (WIDTH,), "output.weight": (WIDTH, words)}
    for layer in range(LAYERS):
        for name, shape in [
            ("attn_norm", (WIDTH,)),
            ("ffn_norm", (WIDTH,)),
            ("attn_q", (WIDTH, WIDTH)),
            ("attn_k", (WIDTH, head)),
            ("attn_v", (WIDTH, head)),
            ("attn_output", (WIDTH, WIDTH)),
            ("ffn_gate", (WIDTH, HIDDEN)),
            ("ffn_up", (WIDTH, HIDDEN)),
            ("ffn_down", (HIDDEN, WIDTH)),
        ]:
            shapes[f"blk.{layer}.{name}.weight"] = shape
    return shapes


def weights(name: str, shape: tuple[int, ...], draw) -> bytes:
    size = 1
    for length in shape:
        size *= length
    values = array("f", [1.0] * size if name.endswith("norm.weight") else [draw() - 0.5 for _ in range(size)])
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT)


def model() -> bytes:
    tokens = vocabulary()
    told = metadata(tokens)
    shapes = tensors(len(tokens))
    draw = random.Random(0).random
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(told))
    for key, value in told.items():
        head += text(key) + value
    body = b""
    for name, shape in shapes.items():
        head += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, F32, len(body))
        body += padded(weights(name, shape, draw))
    return padded(head) + body


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        file.write(model())
