"""Servers that answer for models: who can reach them, and whether they ask who it is."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.infrastructure.open_servers import closed
from ourhalf.controls.servers import ServerKind
from ourhalf.model.control import Severity
from ourhalf.model.references import Cve, WebPage

_READ = date(2026, 10, 2)
_SECRET = "arn:aws:secretsmanager:REGION:ACCOUNT:secret:KEY"

VLLM = ServerKind(
    "vLLM",
    8000,
    r"\bvllm serve\b|vllm\.entrypoints\.(openai\.)?api_server",
    image=r"(^|/)vllm/vllm-openai|vllm-openai:",
    address=("--host",),
    port=("--port",),
    secret=("--api-key",),
    secret_names=("VLLM_API_KEY",),
    settings_files=("--config",),
)
SGLANG = ServerKind(
    "SGLang",
    30000,
    r"sglang\.launch_server|\bsglang serve\b",
    address=("--host",),
    port=("--port",),
    loopback=True,
    secret=("--api-key",),
    settings_files=("--config",),
)
TGI = ServerKind(
    "Text Generation Inference",
    3000,
    r"\btext-generation-launcher\b",
    image=r"(^|/)text-generation-inference\b|tgi-inference",
    address=("--hostname",),
    port=("--port", "-p"),
    port_names=("PORT",),
    image_port=80,
    secret=("--api-key",),
    secret_names=("API_KEY",),
)
TEI = ServerKind(
    "Text Embeddings Inference",
    3000,
    r"\btext-embeddings-router\b",
    image=r"(^|/)text-embeddings-inference\b|tei-inference|tei-cpu",
    address=("--hostname",),
    port=("--port", "-p"),
    port_names=("PORT",),
    image_port=80,
    secret=("--api-key",),
    secret_names=("API_KEY",),
)
LLAMA_CPP = ServerKind(
    "llama.cpp's server",
    8080,
    r"\bllama-server\b|llama_cpp\.server",
    image=r"(^|/)(ggml-org|ggerganov)/llama\.cpp:server",
    address=("--host",),
    address_names=("LLAMA_ARG_HOST",),
    port=("--port",),
    port_names=("LLAMA_ARG_PORT",),
    loopback=True,
    image_everywhere=True,
    secret=("--api-key", "--api-key-file"),
    secret_names=("LLAMA_API_KEY",),
)
TRITON = ServerKind(
    "Triton",
    8000,
    r"\btritonserver\b",
    address=("--http-address",),
    port=("--http-port",),
)
OLLAMA = ServerKind(
    "Ollama",
    11434,
    r"\bollama serve\b",
    image=r"(^|/)ollama/ollama\b",
    address_names=("OLLAMA_HOST",),
    loopback=True,
    image_everywhere=True,
)
TENSORFLOW_SERVING = ServerKind(
    "TensorFlow Serving",
    8501,
    r"\btensorflow_model_server\b",
    image=r"(^|/)tensorflow/serving\b",
    port=("--rest_api_port",),
)

VLLM_NOT_OPEN = closed(
    VLLM,
    "vllm-server",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses its GPUs and reads what others may ask of it; "
    "routes outside /v1 stay open even with one.",
    "Give the server a key (VLLM_API_KEY from a secret) and let only an authenticating proxy reach its port.",
    WebPage("docs.vllm.ai/en/latest/usage/security.html", _READ),
    secrets={"VLLM_API_KEY": _SECRET},
)
SGLANG_NOT_OPEN = closed(
    SGLANG,
    "sglang-server",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses its GPUs.",
    "Start it with --api-key from a secret, or keep it on 127.0.0.1 behind an authenticating proxy.",
    WebPage("docs.sglang.ai/advanced_features/server_arguments.html", _READ),
)
TGI_NOT_OPEN = closed(
    TGI,
    "text-generation-inference",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses its GPUs.",
    "Set API_KEY from a secret, and let only an authenticating proxy reach its port.",
    WebPage("huggingface.co/docs/text-generation-inference/reference/launcher", _READ),
    secrets={"API_KEY": _SECRET},
)
TEI_NOT_OPEN = closed(
    TEI,
    "text-embeddings-inference",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses it, and texts to embed are often confidential.",
    "Set API_KEY from a secret, and let only an authenticating proxy reach its port.",
    WebPage("huggingface.co/docs/text-embeddings-inference/cli_arguments", _READ),
    secrets={"API_KEY": _SECRET},
)
LLAMA_CPP_NOT_OPEN = closed(
    LLAMA_CPP,
    "llama-server",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses it.",
    "Set LLAMA_API_KEY from a secret, or keep it on 127.0.0.1.",
    WebPage("github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md", _READ),
    secrets={"LLAMA_API_KEY": _SECRET},
)
TRITON_NOT_OPEN = closed(
    TRITON,
    "triton",
    Severity.CRITICAL,
    "Triton has no authentication: who reaches it loads models, reads shared memory and calls every model.",
    "Restrict its ports by network policy or security group, put an authenticating proxy in front, "
    "and keep --model-control-mode=none.",
    Cve("CVE-2025-23319", _READ),
)
OLLAMA_NOT_OPEN = closed(
    OLLAMA,
    "ollama",
    Severity.HIGH,
    "Ollama has no authentication: who reaches it runs, pulls and deletes models.",
    "Set OLLAMA_HOST to 127.0.0.1 where only its own pod, task or host uses it; else let only a proxy that asks for "
    "authentication reach its port, and publish none.",
    WebPage("github.com/ollama/ollama/blob/main/docs/faq.md", _READ),
    environment={"OLLAMA_HOST": "127.0.0.1:11434"},
)
TENSORFLOW_SERVING_NOT_OPEN = closed(
    TENSORFLOW_SERVING,
    "tensorflow-serving",
    Severity.MEDIUM,
    "TensorFlow Serving has no authentication.",
    "Let only an authenticating proxy reach its ports.",
    WebPage("github.com/tensorflow/serving/blob/master/tensorflow_serving/g3doc/api_rest.md", _READ),
)
