"""Files as public advisories describe them, each made here from the description: what one scanner of models missed.

`Case.id` is the advisory's, or for a report without one where it was published. What a file would do is inert in
these: the functions are named, and their arguments say nothing that exists.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any, NamedTuple

from tests.artifacts.pickles.assembly import (
    Build,
    Call,
    Global,
    Inst,
    Items,
    New,
    Obj,
    Op,
    StackGlobal,
    Then,
    op,
    pickled,
)
from tests.artifacts.pickles.test_arrays import OBJECTS, array

CODE = "nothing()"
COMMAND = "nothing"


class Case(NamedTuple):
    """One file of an advisory; `tool` is the scanner that missed it."""

    id: str
    tool: str
    name: str
    data: bytes


def calls(dotted: str, *given: Any) -> bytes:
    """A pickle that calls a function, by STACK_GLOBAL as protocol 4 does; a class and its method are one name."""
    parts = dotted.split(".")
    # A class begins with a capital, or with an underscore and a capital; the rest is the module.
    first = next((i for i, part in enumerate(parts) if part.lstrip("_")[:1].isupper()), len(parts) - 1)
    return pickled(Call(StackGlobal(".".join(parts[:first]), ".".join(parts[first:])), *given))


# Functions of installed libraries that run what they are given, in the order of the advisories' versions.
_CALLS: tuple[tuple[str, str, str, tuple[Any, ...]], ...] = (
    ("GHSA-655q-fx9r-782v", "picklescan", "pip.main", (["install", COMMAND],)),
    ("GHSA-v7x6-rv5q-mhwc", "picklescan", "timeit.timeit", ("", CODE)),
    ("GHSA-fj43-3qmq-673f", "picklescan", "numpy.testing._private.utils.runstring", (CODE, {})),
    ("GHSA-4r9r-ch6f-vxmx", "picklescan", "torch.utils.bottleneck.__main__.run_cprofile", (CODE, {})),
    ("GHSA-4whj-rm5r-c2v8", "picklescan", "torch.utils.bottleneck.__main__.run_autograd_prof", (CODE, {})),
    ("GHSA-86cj-95qr-2p4f", "picklescan", "torch._dynamo.guards.GuardBuilder.get", ({}, CODE)),
    (
        "GHSA-f4x7-rfwp-v3xw", "picklescan",
        "torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression", ({}, CODE, []),
    ),
    ("GHSA-f745-w6jp-hpxx", "picklescan", "torch.utils.collect_env.run", (COMMAND,)),
    (
        "GHSA-jhph-76pp-mggw", "picklescan", "torch.utils.collect_env.run_and_read_all",
        (StackGlobal("torch.utils.collect_env", "run"), COMMAND),
    ),
    ("GHSA-h3qp-7fh3-f8h4", "picklescan", "torch.utils.data.datapipes.utils.decoder.basichandlers", ("pickle", b"N.")),
    ("GHSA-vr7h-p6mm-wpmh", "picklescan", "torch.jit.unsupported_tensor_ops.execWrapper", (CODE, {}, {})),
    ("GHSA-vv6j-3g6g-2pvj", "picklescan", "torch.utils._config_module.ConfigModule.load_config", ({}, b"N.")),
    ("GHSA-5qwp-399c-mjwf", "picklescan", "trace.Trace.run", ({}, CODE)),
    ("GHSA-g344-hcph-8vgg", "picklescan", "trace.Trace.runctx", ({}, CODE, {}, {})),
    ("GHSA-x696-vm39-cp64", "picklescan", "profile.Profile.run", ({}, CODE)),
    ("GHSA-6vqj-c2q5-j97w", "picklescan", "profile.Profile.runctx", ({}, CODE, {}, {})),
    ("GHSA-7wx9-6375-f5wh", "picklescan", "profile.run", (CODE,)),
    ("GHSA-f54q-57x4-jg88", "picklescan", "lib2to3.pgen2.grammar.Grammar.loads", ({}, b"N.")),
    ("GHSA-p9w7-82w4-7q8m", "picklescan", "lib2to3.pgen2.pgen.ParserGenerator.make_label", (None, {}, CODE)),
    ("GHSA-3vg9-h568-4w9m", "picklescan", "idlelib.debugobj.ObjectTreeItem.SetText", ({}, CODE)),
    ("GHSA-6w4w-5w54-rjvr", "picklescan", "idlelib.autocomplete.AutoComplete.get_entity", ({}, CODE)),
    ("GHSA-7cq8-mj8x-j263", "picklescan", "idlelib.autocomplete.AutoComplete.fetch_completions", ({}, CODE, 1)),
    ("GHSA-8r4j-24qv-fmq9", "picklescan", "idlelib.calltip.Calltip.fetch_tip", ({}, CODE)),
    ("GHSA-9xph-j2h6-g47v", "picklescan", "idlelib.calltip.get_entity", (CODE,)),
    ("GHSA-m869-42cg-3xwr", "picklescan", "idlelib.run.Executive.runcode", ({}, CODE)),
    ("GHSA-j343-8v2j-ff7w", "picklescan", "idlelib.pyshell.ModifiedInterpreter.runcommand", ({}, CODE)),
    ("GHSA-3gf5-cxq9-w223", "picklescan", "idlelib.pyshell.ModifiedInterpreter.runcode", ({}, CODE)),
    ("GHSA-cj3c-v495-4xqh", "picklescan", "code.InteractiveInterpreter.runcode", ({}, CODE)),
    ("GHSA-xp4f-hrf8-rxw7", "picklescan", "ensurepip._run_pip", ([COMMAND],)),
    ("GHSA-fqq6-7vqf-w3fg", "picklescan", "doctest.debug_script", (CODE, True)),
    ("GHSA-9w88-8rmg-7g2p", "picklescan", "cProfile.runctx", (CODE, None, None)),
    ("GHSA-49gj-c84q-6qm9", "picklescan", "cProfile.run", (CODE,)),
    (
        "GHSA-q77w-mwjj-7mqx", "picklescan", "asyncio.unix_events._UnixSubprocessTransport._start",
        ({}, COMMAND, True, None, None, None, 0),
    ),
    # The scanner knew asyncio, and took what lies in a module below it for something else.
    ("GHSA-f7qq-56ww-84cr", "picklescan", "asyncio.base_subprocess.BaseSubprocessTransport._start", ({}, COMMAND)),
    ("GHSA-m273-6v24-x4m4", "picklescan", "distutils.file_util.write_file", ("nothing.env", [CODE])),
    ("GHSA-hgrh-qx5j-jfwx", "picklescan", "pty.spawn", (COMMAND,)),
    ("GHSA-3329-ghmp-jmv5", "picklescan", "numpy.f2py.crackfortran.myeval", (CODE,)),
    ("GHSA-6556-fwc2-fg2p", "picklescan", "numpy.f2py.crackfortran._eval_length", (CODE, {})),
    ("GHSA-cffc-mxrf-mhh4", "picklescan", "numpy.f2py.crackfortran.param_eval", (CODE, {}, {}, None)),
    ("GHSA-r8g5-cgf2-4m4m", "picklescan", "numpy.f2py.crackfortran.getlincoef", (CODE, {})),
    ("GHSA-rrxm-2pvv-m66x", "picklescan", "numpy.f2py.crackfortran.getlincoef", (CODE, {"x": 1})),
    ("GHSA-9726-w42j-3qjr", "picklescan", "_io.FileIO", ("/nothing", "r")),
    ("GHSA-9726-w42j-3qjr", "picklescan", "urllib.request.urlopen", ("http://nothing.invalid",)),
    ("GHSA-m7j5-r2p5-c39r", "picklescan", "logging.FileHandler", ("/nothing",)),
    ("GHSA-g38g-8gr9-h9xp", "picklescan", "uuid._get_command_stdout", (COMMAND,)),
    ("GHSA-g38g-8gr9-h9xp", "picklescan", "_osx_support._read_output", (COMMAND,)),
    ("GHSA-g38g-8gr9-h9xp", "picklescan", "_aix_support._read_cmd_output", (COMMAND,)),
    ("GHSA-g38g-8gr9-h9xp", "picklescan", "_pyrepl.pager.pipe_pager", ("", COMMAND)),
    ("GHSA-g38g-8gr9-h9xp", "picklescan", "imaplib.IMAP4_stream", (COMMAND,)),
    ("GHSA-g38g-8gr9-h9xp", "picklescan", "test.support.script_helper.assert_python_ok", ("-c", CODE)),
    ("GHSA-wfq2-52f7-7qvj", "fickling", "runpy.run_path", ("/nothing.py",)),
    ("GHSA-wfq2-52f7-7qvj", "fickling", "runpy.run_module", ("nothing",)),
    ("GHSA-p523-jq9w-64x9", "fickling", "cProfile.run", (CODE,)),
    ("GHSA-5hwf-rc88-82xm", "fickling", "uuid._get_command_stdout", (COMMAND,)),
    ("GHSA-m6fh-58r7-x697", "fickling", "_posixsubprocess.fork_exec", ([COMMAND],)),
    ("GHSA-m6fh-58r7-x697", "fickling", "site.execsitecustomize", ()),
    ("GHSA-m6fh-58r7-x697", "fickling", "atexit._run_exitfuncs", ()),
    ("GHSA-5cxw-w2xg-2m8h", "fickling", "platform._syscmd_file", ("/nothing",)),
    ("GHSA-r48f-3986-4f9c", "fickling", "linecache.getlines", ("/nothing",)),
    ("GHSA-r48f-3986-4f9c", "fickling", "gc.get_objects", ()),
    ("GHSA-r48f-3986-4f9c", "fickling", "difflib.HtmlDiff", ()),
    ("GHSA-q5qq-mvfm-j35x", "fickling", "multiprocessing.util.spawnv_passfds", (b"/nothing", [b"x"], ())),
    ("GHSA-q5qq-mvfm-j35x", "fickling", "importlib.import_module", ("nothing",)),
    ("GHSA-q5qq-mvfm-j35x", "fickling", "ctypes.CDLL", ("nothing.so",)),
    # No advisory: published as reports, with what they use.
    ("hub/TheAuroraAi/modelscan-denylist-gap-poc", "modelscan", "zipimport.zipimporter", ("nothing.zip",)),
    ("hub/manja316/modelscan-bypass-cgi-test", "modelscan", "cgi.test", ()),
    ("hub/manja316/modelscan-bypass-mailcap-test", "modelscan", "mailcap.test", ()),
    ("hub/manja316/modelscan-bypass-codecs", "modelscan", "codecs.open", ("/nothing",)),
    ("hub/manja316/modelscan-bypass-pipes-template", "modelscan", "pipes.Template", ()),
    ("hub/solomonerous/modelscan-dictconfig-bypass-poc", "modelscan", "logging.config.dictConfig", ({},)),
    ("hub/MomoFan/joblib-modelscan-bypass-poc", "modelscan", "xmlrpc.client.ServerProxy", ("http://nothing.invalid",)),
    ("hub/wulonchia/modelscan-pickle-bypass-poc", "modelscan", "distutils.spawn.spawn", ([COMMAND],)),
    ("hub/yibai777/Pickle", "modelscan", "_winapi.CreateProcess", (None, COMMAND)),
    ("hub/EnigmaConsultant/huntr-poc-pickle-scanner-bypass-code-runsource", "picklescan",
     "code.InteractiveInterpreter.runsource", (CODE,)),
    ("hub/SiggytheShark/pickle-bypass-asteval-build-injection", "modelaudit", "asteval.asteval.Interpreter", ()),
)  # fmt: skip

_IMPORTED = Call(Global("builtins.__import__"), "nothing")


def _chains() -> tuple[tuple[str, str, Op], ...]:
    """Several functions one after another, none of which the scanner knew."""
    marshalled = Call(Global("marshal.loads"), b"N")
    module = Call(Global("importlib.import_module"), "nothing")
    return (
        ("GHSA-4675-36f9-wf6r", "picklescan", Call(Call(Global("operator.methodcaller"), "WinExec", b"x", 1),
                                                   Call(Global("ctypes.WinDLL"), "kernel32.dll"))),
        ("GHSA-84r2-jw7c-4r5q", "picklescan", Call(Call(Global("operator.methodcaller"), "system", COMMAND),
                                                   Call(Global("pydoc.locate"), "nothing"))),
        ("GHSA-955r-x9j8-7rhh", "picklescan",
         Call(Call(Global("_operator.methodcaller"), "system", COMMAND), _IMPORTED)),
        ("GHSA-46h3-79wf-xr6c", "picklescan",
         Call(Call(Call(Global("_operator.attrgetter"), "system"), _IMPORTED), COMMAND)),
        ("GHSA-vqmv-47xg-9wpr", "picklescan", Obj(Global("pty.spawn"), COMMAND)),
        ("GHSA-vvpj-8cmc-gx39", "picklescan", Call(Call(Global("pkgutil.resolve_name"), "nothing:system"), COMMAND)),
        ("GHSA-9m3x-qqw2-h32h", "picklescan",
         Call(Call(Global("builtins.getattr"), Global("builtins.dict"), "get"),
              Call(Global("builtins.getattr"), _IMPORTED, "eval"), CODE)),
        ("GHSA-r7v6-mfhq-g3m2", "fickling", Build(Call(StackGlobal("pty", "spawn"), COMMAND), "used")),
        ("GHSA-565g-hwwr-4pp3", "fickling", Build(Call(Call(Global("types.FunctionType"), marshalled, {})), "used")),
        ("GHSA-5hvc-6wx8-mvv4", "fickling",
         Build(Call(Global("builtins.Exception")),
               {"x": Call(Call(Global("pydoc.locate"), "ctypes.windll.kernel32.WinExec"), b"x", 1)})),
        ("GHSA-h4rm-mm56-xf63", "fickling",
         Build(Call(Global("builtins.Exception")), {"x": Call(Global("builtins.getattr"), _IMPORTED, "system")})),
        ("GHSA-q5qq-mvfm-j35x", "fickling", Call(Call(Global("builtins.getattr"), module, "system"), COMMAND)),
        # The call's value is thrown away, and with it what the scanner knew of the call.
        ("GHSA-mxhj-88fx-4pcv", "fickling", Then(Obj(StackGlobal("smtplib", "SMTP"), "nothing.invalid"), None)),
        ("GHSA-mxhj-88fx-4pcv", "fickling", Then(New(Global("smtplib.SMTP"), "nothing.invalid"), None)),
        # A state that is set afterwards made the scanner take the whole for used, and pass it.
        ("GHSA-mhc9-48gj-9gp3", "fickling", Build(Call(StackGlobal("ftplib", "FTP"), "nothing.invalid"), {"x": 1})),
        ("GHSA-mhc9-48gj-9gp3", "fickling",
         Build(Call(Global("io.BytesIO"), b""), {"__setstate__": Global("os.system")})),
        ("GHSA-cffv-grgg-g429", "fickling", Items({}, "x", Call(Global("_posixsubprocess.fork_exec"), [COMMAND]))),
        ("GHSA-93mv-x874-956g", "picklescan",
         Call(Global("ssl.get_server_certificate"), (Call(Global("linecache.getline"), "/nothing", 1), 443))),
        ("github/mmaitre314/picklescan/pull/74", "picklescan", Call(Global("types.FunctionType"), marshalled, {})),
        ("hub/aisecre/pickle-bypass-dill-nested-deserialization", "modelscan", Call(Global("dill._dill.loads"), b"N.")),
        ("hub/xiaoyaoes/modelscan-ctypes-bypass-poc", "modelscan",
         Call(Global("operator.call"), Call(Global("operator.methodcaller"), "system", b"x"),
              Call(Global("ctypes.CDLL"), None))),
        ("hub/EnigmaConsultant/huntr-poc-pickle-getattrstatic-import-module-bypass", "picklescan",
         Call(Call(Global("inspect.getattr_static"), module, "system"), COMMAND)),
    )  # fmt: skip


SYSTEM = Call(Global("os.system"), COMMAND)
_STRINGS = b"S'os'\nS'system'\n\x93S'nothing'\n\x85R."


def _streams() -> tuple[tuple[str, str, bytes], ...]:
    """Streams of opcodes that a scanner read otherwise than CPython does."""
    return (
        ("GHSA-9gvj-pp9x-gcfr", "picklescan", _STRINGS),
        ("GHSA-9gvj-pp9x-gcfr", "modelscan", _STRINGS),
        # What is remembered by PUT and by MEMOIZE is one memo.
        ("github/mmaitre314/picklescan/issues/14", "picklescan",
         b"U\x02osq\x00U\x06systemq\x01U\x0ctorch._utils\x94U\x12_rebuild_tensor_v2\x94h\x00h\x01\x93U\x07nothing\x85R."),
        ("github/mmaitre314/picklescan/issues/22", "picklescan",
         b"Vos\np2\n0Vsystem\np3\n0Vtorch\np0\n0VLongStorage\np1\n0g2\ng3\n\x93(Vnothing\ntR."),
        ("hub/celvexgroup/modelscan-memo-poison-poc", "modelscan",
         b"\x80\x04\x8c\x08builtins\x8c\x04exec0q\x00" + op(Call(StackGlobal("builtins", "exec"), CODE)) + b"."),
        # It breaks, after it has done what it was made for.
        ("github/mmaitre314/picklescan/broken", "picklescan", b"cbuiltins\nexec\n(X\x09\x00\x00\x00nothing()tRX."),
        ("github/mmaitre314/picklescan/memo", "picklescan",
         b"\x80\x04cos\nsystem\nVnothing\n\x85R0\x8c\x02os\x94h\x03h\x00\x93K\x42."),
        ("github/mmaitre314/picklescan/types", "picklescan",
         b"\x80\x04cos\nsystem\nVnothing\n\x85R0J\x2a\x00\x00\x00\x94\x8c\x02os\x94h\x00h\x01\x93K\x42."),
        ("github/mmaitre314/picklescan/after", "picklescan", pickled(SYSTEM, 0) + b"\n\n\t\t"),
        ("hub/hoanghai2110/scanner-bypass-poc", "modelscan",
         pickled(Global("collections.OrderedDict")) + b"\xfe" + pickled(SYSTEM)),
        ("github/mmaitre314/picklescan/several", "picklescan", pickled(["a"]) + pickled(SYSTEM)),
        ("github/mmaitre314/picklescan/inst", "picklescan", pickled(Inst("__builtin__.exec", CODE), 0)),
        ("github/trailofbits/fickling/pull/108", "fickling", pickled(Obj(Global("pty.spawn"), "nothing"), 0)),
        ("github/mmaitre314/picklescan/sys", "picklescan",
         pickled(Then(Items(Global("sys.modules"), "sys", Global("sys.modules"), letter=b"u"), SYSTEM))),
        # An extension and a persistent id mean what the loader's process says.
        ("python/copyreg.extensions", "all", b"\x80\x02\x82\x01U\x07nothing\x85R."),
        ("python/persistent-ids", "all", b"Pnothing\n."),
        # One name with dots reaches through a module that is allowed.
        ("python/dotted-names", "all", calls("collections.OrderedDict.__init__.__globals__", CODE)),
        ("python/dotted-names-2", "all", pickled(Call(StackGlobal("torch.serialization", "os.system"), COMMAND))),
        # Names of Python 2, in the protocols that map them.
        ("python/names-of-python-2", "all", pickled(Call(Global("commands.getoutput"), COMMAND), 2)),
        # A frame that is longer or shorter than what it holds.
        ("python/frames", "all", b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00" + op(SYSTEM) + b"."),
    )  # fmt: skip


def torch_archive(pickle: bytes, root: str = "archive", more: dict[str, bytes] | None = None) -> bytes:
    """A file as torch.save writes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{root}/data.pkl", pickle)
        archive.writestr(f"{root}/version", b"3\n")
        for name, data in (more or {}).items():
            archive.writestr(f"{root}/{name}", data)
    return made.getvalue()


def flagged(archive: bytes, bits: int) -> bytes:
    """The flags of every header set, in both places where an archive has them."""
    changed = bytearray(archive)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = archive.find(mark)
        while start >= 0:
            (flags,) = struct.unpack_from("<H", archive, start + at)
            struct.pack_into("<H", changed, start + at, flags | bits)
            start = archive.find(mark, start + 4)
    return bytes(changed)


def array_file(pickle: bytes) -> bytes:
    """A `.npy` file of objects."""
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + pickle


LEGACY_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


def _containers() -> tuple[tuple[str, str, str, bytes], ...]:
    """Containers that a scanner did not open, or opened otherwise than the loader does."""
    archive = torch_archive(pickled(SYSTEM, 2))
    several = LEGACY_MAGIC + b"\x80\x02M\xe9\x03." + b"\x80\x02}." + pickled(SYSTEM, 2) + b"\x80\x02]."
    magic = pickled(Call(Global("builtins.eval"), "0x1950a86a20f9469cfc6c"), 2)
    attack = pickled(SYSTEM)
    seven = b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<IQQI", 0, len(attack), 0, 0) + attack
    loads = Call(Call(Global("functools.partial"), Global("torch.load"), "other.bin"))
    return (
        ("GHSA-7q5r-7gvp-wc82", "picklescan", "m.pt", archive.replace(b"data.pkl", b"datap.kl", 1)),
        ("GHSA-w8jq-xcqf-f792", "picklescan", "m.pt", flagged(archive, 0x1)),
        ("GHSA-w8jq-xcqf-f792", "picklescan", "m.pt", flagged(archive, 0x20)),
        ("GHSA-w8jq-xcqf-f792", "picklescan", "m.pt", flagged(archive, 0x40)),
        ("GHSA-mjqp-26hc-grxg", "picklescan", "m.pt", archive.replace(COMMAND.encode(), b"NOTHING")),
        ("GHSA-769v-p64c-89pr", "picklescan", "m.pt", torch_archive(pickled(loads, 2), more={"config.p": attack})),
        ("GHSA-jgw4-cr84-mqxg", "picklescan", "m.bin", attack),
        ("GHSA-jgw4-cr84-mqxg", "picklescan", "m.pt", pickled(SYSTEM, 0)),
        ("GHSA-97f8-7cmv-76j2", "picklescan", "m.pt", magic + several[len(LEGACY_MAGIC) :]),
        ("hub/EnigmaConsultant/huntr-r5-modelscan-legacy-multipickle", "modelscan", "m.pt", several),
        ("github/mmaitre314/picklescan/7z", "picklescan", "m.pt", seven),
        ("github/mmaitre314/picklescan/wrong-name", "picklescan", "m.dat", attack),
        ("github/mmaitre314/picklescan/arrays", "picklescan", "a.npy", array_file(attack)),
        ("github/mmaitre314/picklescan/arrays-2", "picklescan", "a.pkl", pickled(array(OBJECTS, (1,), [SYSTEM]))),
        ("github/promptfoo/modelaudit/packed", "modelaudit", "m.joblib", zlib.compress(attack)),
        ("github/promptfoo/modelaudit/late", "modelaudit", "m.pt", _late(pickled(SYSTEM, 2))),
    )


def _late(pickle: bytes) -> bytes:
    """An archive whose first files are long, so that the pickle comes late."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("archive/version", b"3\n" * 4096)
        archive.writestr("archive/data.pkl", pickle)
    return made.getvalue()


def cases() -> tuple[Case, ...]:
    """Every file."""
    return (
        *(Case(id_, tool, "m.pkl", calls(dotted, *given)) for id_, tool, dotted, given in _CALLS),
        *(Case(id_, tool, "m.pkl", pickled(value)) for id_, tool, value in _chains()),
        *(Case(id_, tool, "m.pkl", data) for id_, tool, data in _streams()),
        *(Case(*one) for one in _containers()),
    )
